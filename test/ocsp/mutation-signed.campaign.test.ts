import { afterAll, describe, expect, test } from 'vitest';
import type { Circumstances } from '../../src/ocsp/verify/question.js';
import { type Examination, verify } from '../../src/ocsp/verify/verify.js';
import { HOUR } from '../../src/util/time.js';
import { readCertificate } from '../../src/x509/certificate.js';
import { makeAuthority } from '../support/ca.js';
import { CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { bits, childrenOf, type Octets, seq, utf8 } from '../support/der.js';
import { extension } from '../support/extensions.js';
import { makeParts, makeResponse } from '../support/responses.js';
import { sign, signatureAlgorithm } from '../support/signing.js';
import { CIRCUMSTANCES, wordless } from './support/judging.js';
import { treeMutations } from './support/tree-mutations.js';

/** The signature is made after the change: here nothing but our own reading stands between it and a good verdict. */
const authority = makeAuthority({ key: 'ed25519', depth: 1 });
const certificate = authority.issue();
const { now } = CIRCUMSTANCES;
const nonce = new Uint8Array(32).fill(7);
const usual = {
  issuer: authority.root,
  certificate,
  thisUpdate: now - HOUR,
  nextUpdate: now + 24 * HOUR,
};

function judge(response: Octets, circumstances: Circumstances = CIRCUMSTANCES): Examination {
  const issuer = readCertificate(authority.root.der);
  return verify(response, { serialNumber: certificate.serial, issuer, trustedResponders: [] }, circumstances);
}

let tried = 0;
afterAll(() => console.log(`mutations of elements, signed afterwards: ${tried}`));

/** Tries changes of `der`. Those that are believed, with what is believed, are `harmless`, or are free. Returns them all. */
function expectBelieved(
  der: Octets,
  judgeOne: (mutated: Octets) => Examination,
  free: RegExp,
  harmless: readonly string[],
): string[] {
  const found: string[] = [];
  const changes = new Set<string>();
  for (const [change, mutated] of treeMutations(der)) {
    changes.add(change);
    const verdict = judgeOne(mutated);
    if (verdict.kind !== 'rejected') found.push(`${change}: ${verdict.kind}`);
    const wrong = wordless(verdict);
    if (wrong !== undefined) found.push(`${change}: ${wrong}`);
  }
  tried += changes.size;
  const expected = harmless.filter((line) => changes.has(line.replace(/: \w+$/, '')));
  expect(found.filter((change) => !free.test(change))).toEqual(expected);
  return found;
}

describe('a ResponseData is believed only where it says what it should', () => {
  test(
    'good, with a nonce and an extension that nobody knows',
    () => {
      const options = { ...usual, nonce, extensions: [extension('1.2.3.4', utf8('whatever'))] };
      const judgeOne = (tbs: Octets) =>
        judge(makeResponse({ ...options, beforeSigning: () => tbs }), {
          ...CIRCUMSTANCES,
          asked: { hash: 'sha1', nonce },
        });
      // A nonce that is one no longer was not sent back: the times decide.
      const free = /^3\.0\.(0\.0|1)\b/;
      expectBelieved(makeParts(options).tbs, judgeOne, free, [
        '2.0 twice: good',
        '2.0 a thousand times: good',
        '2.0.0.0.1 deleted: good', // NULL
        '2.0.1 tag 82: unknown',
        '3 deleted: good',
        '3.0 emptied: good',
        '3.0 0 and 1 changed over: good',
        '3.0.0 deleted: good',
      ]);
    },
    CAMPAIGN_TIMEOUT,
  );

  test(
    'revoked',
    () => {
      const options = { ...usual, status: { revoked: now - 2 * HOUR, reason: 1 } };
      const judgeOne = (tbs: Octets) => judge(makeResponse({ ...options, beforeSigning: () => tbs }));
      // A revocation counts, however odd its reason.
      const free = /^2\.0\.1\.1\.0/;
      const changes = expectBelieved(makeParts(options).tbs, judgeOne, free, [
        '2.0 twice: revoked',
        '2.0 a thousand times: revoked',
        '2.0.0.0.1 deleted: revoked', // NULL
        '2.0.1.1 deleted: revoked', // the reason
      ]);
      expect(changes.filter((change) => !change.endsWith(': revoked'))).toEqual([]);
    },
    CAMPAIGN_TIMEOUT,
  );
});

test(
  "a delegate's certificate is believed only where it says what it should",
  () => {
    const signer = authority.delegate();
    const [tbsCertificate = new Uint8Array()] = childrenOf(signer.der);
    const judgeOne = (tbs: Octets) => {
      const signature = bits(sign('ed25519', authority.root.key, tbs));
      const embed = [seq(tbs, signatureAlgorithm('ed25519'), signature)];
      return judge(makeResponse({ ...usual, signer, embed, responderId: 'byKey' }));
    };
    // Version, serial number, subject, key identifiers, nocheck; the inside of basicConstraints, usages besides.
    const free = /^(0|1|5|7\.0\.[125]|7\.0\.0\.2\.0|7\.0\.3\.2\.0)\b/;
    expectBelieved(tbsCertificate, judgeOne, free, [
      '4.0 is "300614120000Z": good', // which is right for a UTCTime
      ...[0, 1, 2, 3, 4].map((at) => `7.0 ${at} and ${at + 1} changed over: good`),
      '7.0 backwards: good',
      '7.0.0 deleted: good', // basicConstraints
      '7.0.0.1 deleted: good', // critical
      '7.0.3 deleted: good', // keyUsage
      '7.0.3.1 deleted: good', // critical
      '7.0.4.1.0.0 twice: good', // OCSPSigning
      '7.0.4.1.0.0 a thousand times: good',
    ]);
  },
  CAMPAIGN_TIMEOUT,
);
