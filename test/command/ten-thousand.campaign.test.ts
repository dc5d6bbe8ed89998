import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeAuthority, makeResponse, type ResponseOptions, type TestCertificate } from '../support/ca.js';
import { byExtent, CAMPAIGN_TIMEOUT, SEED } from '../support/campaign.js';
import { makeManyCertificates } from '../support/many-certificates.js';
import { startResponder } from '../support/responder.js';
import { runOcspbot } from '../support/run.js';
import { makeSandbox } from '../support/sandbox.js';
import { reportOf } from './support/report.js';
import { DAY, HOUR } from './support/times.js';

const COUNT = byExtent({ sample: 1000, long: 10_000, all: 10_000 });

const now = Date.now();
const authority = makeAuthority({ name: 'Estate' });
const { intermediate: issuer } = authority;
/** A CA with the same names and other keys. */
const impostor = makeAuthority({ name: 'Estate' });

interface Victim {
  readonly certificate: TestCertificate;
  readonly good: Uint8Array;
  /** The good staple of another certificate. */
  readonly other: Uint8Array;
}

type Bad = (victim: Victim) => Uint8Array | undefined;

function signed(options: Partial<Omit<ResponseOptions, 'singles'>> & Record<string, unknown>): Bad {
  const times = { thisUpdate: now - HOUR, nextUpdate: now + 6 * DAY };
  return ({ certificate }) => makeResponse({ issuer, certificate, ...times, ...options });
}

function flipped(at: (good: Uint8Array) => number): Bad {
  return ({ good }) => good.map((octet, index) => (index === at(good) ? octet ^ 1 : octet));
}

/** Returns the offset of the last byte of the serial number. */
const inSerial = ({ good, certificate: { serial } }: Victim) =>
  Buffer.from(good).indexOf(serial) + serial.length - 1;

/** Unusable files in the place of a staple, and the reason of the immediate refresh. */
const BAD: readonly (readonly [what: string, bad: Bad, reason: string, problem: RegExp])[] = [
  ['no file', () => undefined, 'absent', /none/],
  ['an empty file', () => new Uint8Array(), 'unusable', /is empty/],
  ['a file cut short', ({ good }) => good.subarray(0, -1), 'unusable', /are left/],
  ['an octet too many', ({ good }) => Buffer.concat([good, Uint8Array.of(0)]), 'unusable', /after its end/],
  ['a bit of the signature', flipped(({ length }) => length - 1), 'unusable', /signature|INTEGER|element/],
  ['a bit of what is signed', (one) => flipped(() => inSerial(one))(one), 'foreign', /serial/],
  ['the staple of another', ({ other }) => other, 'foreign', /serial/],
  ["an impostor's key", signed({ signer: impostor.intermediate, embed: [] }), 'unusable', /signature/],
  [
    'a delegate of an impostor',
    signed({ signer: impostor.delegate() }),
    'unusable',
    /another certificate .* as its issuer/,
  ],
  ['a signer that may not', signed({ signer: authority.issue() }), 'unusable', /usage/],
  ['SHA-1', signed({ signature: 'ecdsa-sha1' }), 'unusable', /sha1/],
  ['revoked', signed({ status: { revoked: now - DAY } }), 'unusable', /revoked/],
  ['unknown', signed({ status: 'unknown' }), 'unusable', /does not know/],
  ['over', signed({ thisUpdate: now - 7 * DAY, nextUpdate: now - HOUR }), 'unusable', /has passed/],
  ['too old', signed({ thisUpdate: now - 15 * DAY }), 'unusable', /beyond the allowed age/],
  ['due', signed({ thisUpdate: now - 6 * DAY, nextUpdate: now + DAY }), 'due', /due/],
];

const somewhere = fc.uniqueArray(fc.noBias(fc.nat(COUNT - 1)), {
  minLength: BAD.length,
  maxLength: BAD.length,
});

test(
  `each bad staple among ${COUNT} is found, and no other is touched, OCSPBOT_SEED=${SEED}`,
  async () => {
    const sandbox = makeSandbox();
    const responder = await startResponder({ issuers: [issuer] });
    try {
      const issued = makeManyCertificates({ count: COUNT, authority, ocspUrl: responder.url, now });
      sandbox.write('certs/issuer.crt', issuer.pem);
      sandbox.write('certs/root.crt', authority.root.pem);
      const [places = []] = fc.sample(somewhere, { numRuns: 1, seed: SEED });
      const expected = new Map<string, readonly [reason: string, problem: RegExp]>();
      for (const [place, { name, certificate, response: good }] of issued.entries()) {
        const [, bad, reason, problem] = BAD[places.indexOf(place)] ?? [];
        const other = issued[(place + 1) % COUNT]?.response as Uint8Array;
        const bytes = bad === undefined ? good : bad({ certificate, good, other });
        sandbox.write(`certs/${name}.pem`, certificate.pem);
        if (bytes !== undefined) sandbox.write(`staples/${name}.ocsp-resp`, bytes);
        if (reason !== undefined && problem !== undefined) expected.set(name, [reason, problem]);
      }
      sandbox.writeConfiguration({
        ocsp_folder: 'staples',
        minimum_validity: '3d',
        scan_keys: [{ folder: 'certs', chain_mask: 'issuer.crt', rootchain_mask: 'root.crt' }],
      });
      const { certificates } = reportOf(
        await runOcspbot(['ocspbot.yaml', '--json'], { cwd: sandbox.folder }),
      );
      const found = certificates.filter(({ outcome }) => outcome !== 'unchanged');
      expect(certificates).toHaveLength(COUNT);
      expect(found.map(({ name }) => name).sort()).toEqual([...expected.keys()].sort());
      for (const { name, outcome, reason, message } of found) {
        const [why, problem] = expected.get(name) ?? [];
        expect({ name, outcome, reason }).toEqual({ name, outcome: 'updated', reason: why });
        expect(message).toMatch(problem as RegExp);
      }
      expect(responder.requests).toHaveLength(BAD.length);
    } finally {
      await responder.close();
    }
  },
  CAMPAIGN_TIMEOUT,
);
