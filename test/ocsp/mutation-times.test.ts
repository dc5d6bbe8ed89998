import { afterAll, describe, expect, test } from 'vitest';
import { type Examination, verify } from '../../src/ocsp/verify/verify.js';
import { HOUR } from '../../src/util/time.js';
import { readCertificate } from '../../src/x509/certificate.js';
import { makeAuthority } from '../support/ca.js';
import { bits, childrenOf, generalizedTime, type Octets, seq, tlv } from '../support/der.js';
import { makeResponse } from '../support/responses.js';
import { sign, signatureAlgorithm } from '../support/signing.js';
import { CIRCUMSTANCES, wordless } from './support/judging.js';
import { IMPOSSIBLE_TIMES } from './support/times.js';

const authority = makeAuthority({ key: 'ed25519', depth: 1 });
const certificate = authority.issue();
const { now } = CIRCUMSTANCES;
const usual = {
  issuer: authority.root,
  certificate,
  producedAt: now - HOUR,
  thisUpdate: now - HOUR,
  nextUpdate: now + 24 * HOUR,
};

/** The one of them that is a UTCTime. */
const UTC = '300614120000Z';

let tried = 0;
afterAll(() => console.log(`times in signed responses: ${tried}`));

function judge(response: Octets): Examination {
  tried++;
  const issuer = readCertificate(authority.root.der);
  const asked = { serialNumber: certificate.serial, issuer, trustedResponders: [] };
  const verdict = verify(response, asked, CIRCUMSTANCES);
  expect(wordless(verdict)).toBeUndefined();
  return verdict;
}

/** Every time of a response, all of them signed. */
const FIELDS = {
  producedAt: (time: Octets) => ({ producedAt: time }),
  thisUpdate: (time: Octets) => ({ thisUpdate: time }),
  nextUpdate: (time: Octets) => ({ nextUpdate: time }),
  revocationTime: (time: Octets) => ({ status: { revoked: time } }),
} as const;
const withTime = (field: keyof typeof FIELDS, time: Octets) =>
  judge(makeResponse({ ...usual, ...FIELDS[field](time) }));

const fields = Object.keys(FIELDS) as (keyof typeof FIELDS)[];

test.each(fields)('%s that is not a time', (field) => {
  for (const text of IMPOSSIBLE_TIMES) {
    const { kind, checks } = withTime(field, generalizedTime(text));
    expect({ text, kind }).toEqual({ text, kind: 'rejected' });
    expect(checks.find(({ step }) => step === 13)).toMatchObject({ code: 'time-malformed' });
  }
});

describe('at the ends of the calendar', () => {
  const FIRST = '00000101000000Z';
  const LAST = '99991231235959Z';
  test.each([
    ['producedAt', FIRST, 'good', undefined],
    ['producedAt', LAST, 'rejected', 'produced-at-in-future'],
    ['thisUpdate', FIRST, 'rejected', 'response-too-old'],
    ['thisUpdate', LAST, 'rejected', 'this-update-in-future'],
    ['nextUpdate', FIRST, 'rejected', 'next-update-before-this-update'],
    ['nextUpdate', LAST, 'good', undefined],
    ['revocationTime', FIRST, 'revoked', 'certificate-revoked'],
    ['revocationTime', LAST, 'revoked', 'certificate-revoked'],
  ] as const)('%s %s', (field, text, kind, code) => {
    expect(withTime(field, generalizedTime(text))).toMatchObject({ kind, code });
  });
});

test('another type than GeneralizedTime is another structure', () => {
  for (const field of fields) {
    for (const tag of [0x02, 0x04, 0x0c, 0x13, 0x16, 0x17, 0x1a, 0x1e, 0x30, 0x98]) {
      const verdict = withTime(field, tlv(tag, Buffer.from('20300614120000Z')));
      expect({ field, tag, verdict }).toMatchObject({ verdict: { kind: 'rejected', code: 'der-malformed' } });
    }
  }
});

describe("a delegate's certificate", () => {
  const signer = authority.delegate();
  const [notBefore, notAfter] = [generalizedTime('20250101000000Z'), generalizedTime('20500101000000Z')];

  /** The delegate's, signed again with another validity. */
  function withValidity(validity: Octets): Examination {
    const [tbs = new Uint8Array()] = childrenOf(signer.der);
    const changed = seq(...childrenOf(tbs).with(4, validity));
    const signature = bits(sign('ed25519', authority.root.key, changed));
    const embed = [seq(changed, signatureAlgorithm('ed25519'), signature)];
    return judge(makeResponse({ ...usual, signer, embed, responderId: 'byKey' }));
  }

  test('with times that are some', () => {
    expect(withValidity(seq(notBefore, notAfter)).kind).toBe('good');
    const forever = [generalizedTime('00000101000000Z'), generalizedTime('99991231235959Z')];
    expect(withValidity(seq(...forever)).kind).toBe('good');
  });

  test.each([
    ['GeneralizedTime', 0x18, IMPOSSIBLE_TIMES],
    ['UTCTime', 0x17, IMPOSSIBLE_TIMES.map((text) => text.replace(/^20/, '')).filter((text) => text !== UTC)],
  ] as const)('with a %s that is none', (_, tag, texts) => {
    for (const text of texts) {
      const time = tlv(tag, Buffer.from(text, 'latin1'));
      for (const validity of [seq(time, notAfter), seq(notBefore, time)]) {
        expect({ text, verdict: withValidity(validity) }).toMatchObject({ verdict: { kind: 'rejected' } });
      }
    }
  });
});
