import { describe, expect, test } from 'vitest';
import type { Circumstances, Question } from '../../src/ocsp/verify/question.js';
import { type Examination, verify } from '../../src/ocsp/verify/verify.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/util/time.js';
import { readCertificate } from '../../src/x509/certificate.js';
import { makeAuthority, makeResponse, type ResponseOptions } from '../support/ca.js';
import { nul } from '../support/der.js';
import { extension } from '../support/extensions.js';
import type { SingleOptions, Status } from '../support/responses.js';
import { CIRCUMSTANCES } from './support/judging.js';

const { now } = CIRCUMSTANCES;
const authority = makeAuthority({ key: 'ed25519', depth: 1 });
const certificate = authority.issue();
const question: Question = {
  serialNumber: certificate.serial,
  issuer: readCertificate(authority.root.der),
  trustedResponders: [],
};

const TIMES = { thisUpdate: now - HOUR, nextUpdate: now + DAY };
const EXTENDED_REVOKE = extension('1.3.6.1.5.5.7.48.1.9', nul());
const HOLD = 6;
const NEVER_ISSUED: Status = { revoked: 0, reason: HOLD };
const REVOKED: Status = { revoked: now - DAY, reason: 1 };
const HELD: Status = { revoked: now - 3 * DAY, reason: HOLD };

type Answer = Partial<SingleOptions>;

function judge(
  answers: readonly Answer[],
  options: Partial<ResponseOptions> = {},
  more: Partial<Circumstances> = {},
): Examination {
  const singles = answers.map((answer) => ({ certificate, ...TIMES, ...answer }));
  const der = makeResponse({ issuer: authority.root, singles, ...options });
  return verify(der, question, { ...CIRCUMSTANCES, ...more });
}

describe('a certificate that was never issued', () => {
  const extended = { extensions: [EXTENDED_REVOKE] };

  test('is one that the responder does not know, though it says revoked', () => {
    const examination = judge([{ status: NEVER_ISSUED }], extended);
    expect(examination).toMatchObject({ kind: 'unknown', code: 'certificate-unknown' });
    expect(examination.problem).toContain('does not know this certificate');
  });

  test.each<[string, Answer, Partial<ResponseOptions>]>([
    ['without the extension', { status: NEVER_ISSUED }, {}],
    ['with the extension beside the answer', { status: NEVER_ISSUED, extensions: [EXTENDED_REVOKE] }, {}],
    ['of another year', { status: { revoked: SECOND, reason: HOLD } }, extended],
    ['for another reason', { status: { revoked: 0, reason: 1 } }, extended],
    ['for no reason', { status: { revoked: 0 } }, extended],
  ])('is not meant %s', (_, answer, options) => {
    expect(judge([answer], options)).toMatchObject({ kind: 'revoked', code: 'certificate-revoked' });
  });

  const [never, revoked, good] = [
    { status: NEVER_ISSUED },
    { status: REVOKED, hash: 'sha256' },
    { status: 'good', hash: 'sha256' },
  ] as const;
  test.each<[string, Answer, Answer, string, string]>([
    ['outweighed by a revocation', never, revoked, 'revoked', 'certificate-revoked'],
    ['outweighed by the revocation before it', revoked, never, 'revoked', 'certificate-revoked'],
    ['no answer beside a good one', never, good, 'rejected', 'responses-disagree'],
    ['no answer behind a good one', good, never, 'rejected', 'responses-disagree'],
  ])('is %s', (_, one, other, kind, code) => {
    expect(judge([one, other], extended)).toMatchObject({ kind, code });
  });
});

describe('an answer that does not say good', () => {
  const installed = { thisUpdate: now - HOUR, nextUpdate: now + DAY };
  const [older, same] = [now - 2 * HOUR, now - HOUR];

  test.each<[string, Answer, Partial<Circumstances>, string, string]>([
    ['revoked, older', { status: HELD, thisUpdate: older }, {}, 'rejected', 'older-than-installed'],
    [
      'revoked, older, by force',
      { status: HELD, thisUpdate: older },
      { mayBeOlder: true },
      'rejected',
      'older-than-installed',
    ],
    ['unknown, older', { status: 'unknown', thisUpdate: older }, {}, 'rejected', 'older-than-installed'],
    ['revoked, of the same time', { status: HELD, thisUpdate: same }, {}, 'revoked', 'certificate-revoked'],
    [
      'revoked, newer and shorter',
      { status: HELD, thisUpdate: now, nextUpdate: now + HOUR },
      {},
      'revoked',
      'certificate-revoked',
    ],
    [
      'revoked, older, nothing good in place',
      { status: HELD, thisUpdate: older },
      { installed: undefined },
      'revoked',
      'certificate-revoked',
    ],
    ['good, older, by force', { thisUpdate: older }, { mayBeOlder: true }, 'good', ''],
    ['good, older', { thisUpdate: older }, {}, 'rejected', 'older-than-installed'],
    ['good, shorter', { nextUpdate: now + HOUR }, {}, 'rejected', 'older-than-installed'],
  ])('%s', (_, answer, more, kind, code) => {
    const examination = judge([answer], {}, { installed, ...more });
    expect([examination.kind, examination.code ?? '']).toEqual([kind, code]);
  });

  test('is told with what it says, where it is older', () => {
    const { problem } = judge([{ status: HELD, thisUpdate: older }], {}, { installed });
    expect(problem).toMatch(
      /^"revoked at .*, reason certificateHold" is older than the good response in place: /,
    );
  });

  test('counts for nothing where anything else is wrong', () => {
    const nonce = { asked: { hash: 'sha1', nonce: Buffer.alloc(32) } } as const;
    const other = { nonce: Buffer.alloc(32, 1) };
    expect(judge([{ status: REVOKED }], other, nonce)).toMatchObject({
      kind: 'rejected',
      code: 'nonce-mismatch',
    });
  });
});

test.each<[string, Partial<Circumstances['policy']>, Partial<Question>, number]>([
  ['nextUpdate', {}, {}, now + DAY],
  ['max_age', { maxAge: 2 * HOUR }, {}, now + HOUR],
  ['the end of the certificate', {}, { certificateEnd: now + MINUTE }, now + MINUTE],
])('it is good until %s', (_, policy, more, until) => {
  const der = makeResponse({ issuer: authority.root, certificate, ...TIMES });
  const circumstances = { ...CIRCUMSTANCES, policy: { ...CIRCUMSTANCES.policy, ...policy } };
  expect(verify(der, { ...question, ...more }, circumstances)).toMatchObject({
    kind: 'good',
    response: { usefulUntil: until },
  });
});
