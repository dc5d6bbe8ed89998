import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../../src/util/limits.js';
import { DAY, HOUR } from '../../../src/util/time.js';
import { makeCertificate, makeResponse, type SingleOptions } from '../../support/ca.js';
import { concat, int, nul, octets, oid, seq } from '../../support/der.js';
import { keyHash } from '../../support/extensions.js';
import { digest, HASH_OIDS, type HashName } from '../../support/signing.js';
import { delegate, issuer, judge, leaf, NOW, outcome, root, subjectOf, TIMES } from './judging.js';

describe('one response for several certificates', () => {
  const names = ['a', 'b', 'c', 'd'] as const;
  const statuses = { a: 'good', b: { revoked: NOW - DAY }, c: 'unknown', d: 'good' } as const;
  const certificates = names.map((subject) => makeCertificate({ subject, issuer }));

  test.each(['issuer', 'delegate'] as const)('by the %s: each gets its own answer', (kind) => {
    const singles = names.map((name, index): SingleOptions => {
      const hash = index % 2 === 0 ? 'sha1' : 'sha256';
      return { certificate: certificates[index]!, status: statuses[name], hash, ...TIMES };
    });
    const signer = kind === 'issuer' ? issuer : delegate(issuer);
    const der = makeResponse({ issuer, signer, singles });
    const verdicts = certificates.map((one) => outcome(judge(der, { subject: subjectOf(one, issuer) })));
    expect(verdicts).toEqual(['good', 'certificate-revoked', 'certificate-unknown', 'good']);
  });

  test('each has its own times', () => {
    const stale = { thisUpdate: NOW - 3 * DAY, nextUpdate: NOW - DAY };
    const [a, b] = certificates;
    const singles = [
      { certificate: a!, ...stale },
      { certificate: b!, ...TIMES },
    ];
    const der = makeResponse({ issuer, singles, producedAt: NOW - HOUR });
    expect(outcome(judge(der, { subject: subjectOf(a!, issuer) }))).toBe('response-expired');
    expect(outcome(judge(der, { subject: subjectOf(b!, issuer) }))).toBe('good');
  });

  test('a pinned responder answers for two CAs, a delegate does not', () => {
    const other = makeCertificate({ subject: 'Other Issuer', issuer: root, ca: true });
    const foreign = makeCertificate({ subject: 'foreign.example', issuer: other });
    const singles = [
      { certificate: leaf, issuer, ...TIMES },
      { certificate: foreign, issuer: other, ...TIMES },
    ];
    const signer = delegate(issuer);
    const der = makeResponse({ issuer, signer, singles });
    expect(outcome(judge(der))).toBe('signer-not-authorized');
    expect(outcome(judge(der, { pinned: [signer] }))).toBe('good');
    const subject = subjectOf(foreign, other);
    expect(outcome(judge(der, { subject }))).toBe('signer-not-authorized');
    expect(outcome(judge(der, { subject, pinned: [signer] }))).toBe('good');
  });
});

/** Either hash is accepted without a request if it is right: both are recomputed from the issuer. */
describe('the hash of the CertID', () => {
  const certId = (hash: HashName, parameters: Uint8Array, { name = hash, key = hash } = {}) =>
    seq(
      seq(oid(HASH_OIDS[hash]), parameters),
      octets(digest(name, issuer.name)),
      octets(keyHash(issuer.key.spki, key)),
      int(leaf.serial),
    );
  test.each([
    ['SHA-1, NULL', certId('sha1', nul()), 'good'],
    ['SHA-1, no parameters', certId('sha1', concat()), 'good'],
    ['SHA-256, NULL', certId('sha256', nul()), 'good'],
    ['SHA-256, no parameters', certId('sha256', concat()), 'good'],
    ['SHA-256, other parameters', certId('sha256', seq()), 'certid-hash-mismatch'],
    ['SHA-256, NULL twice', certId('sha256', concat(nul(), nul())), 'certid-hash-mismatch'],
    ['SHA-256, its name hash by SHA-1', certId('sha256', nul(), { name: 'sha1' }), 'certid-mismatch'],
    ['SHA-256, its key hash by SHA-1', certId('sha256', nul(), { key: 'sha1' }), 'certid-mismatch'],
    [
      'SHA-1, its hashes by SHA-256',
      certId('sha1', nul(), { name: 'sha256', key: 'sha256' }),
      'certid-mismatch',
    ],
    ['SHA-384', certId('sha384', nul()), 'certid-hash-mismatch'],
  ])('%s', (_, id, expected) => {
    expect(outcome(judge(makeResponse({ issuer, certificate: leaf, certId: id, ...TIMES })))).toBe(expected);
  });
});

describe('the hash of the question', () => {
  const [bySha1, bySha256] = (['sha1', 'sha256'] as const).map((hash) =>
    makeResponse({ issuer, certificate: leaf, hash, ...TIMES }),
  );
  test.each([
    ['SHA-1, in kind', bySha1, 'sha1', 'good'],
    ['SHA-256, in kind', bySha256, 'sha256', 'good'],
    ['SHA-1, answered by SHA-256', bySha256, 'sha1', 'certid-hash-mismatch'],
    ['SHA-256, answered by SHA-1', bySha1, 'sha256', 'certid-hash-mismatch'],
  ] as const)('%s', (_, der, hash, expected) => {
    const examination = judge(der!, { asked: { hash, nonce: undefined } });
    expect(outcome(examination)).toBe(expected);
    if (expected !== 'good') expect(examination.problem).toContain('by another hash than the question');
  });
});

describe('times', () => {
  test.each([
    ['produced a week after thisUpdate', NOW - 8 * DAY, NOW - DAY, NOW + DAY, 'good'],
    ['produced this second, of two weeks ago', NOW - 14 * DAY, NOW, NOW + DAY, 'good'],
    ['produced days before thisUpdate', NOW - HOUR, NOW - 6 * DAY, NOW + DAY, 'good'],
    ['produced after nextUpdate', NOW - 8 * DAY, NOW - HOUR, NOW - DAY, 'response-expired'],
    ['produced tomorrow', NOW - HOUR, NOW + DAY, NOW + 3 * DAY, 'produced-at-in-future'],
    ['beyond the end of the certificate', NOW - HOUR, NOW - HOUR, NOW + 9 * DAY, 'good'],
  ])('%s', (_, thisUpdate, producedAt, nextUpdate, expected) => {
    const certificate = makeCertificate({ subject: 'leaf.example', issuer, notAfter: NOW + 2 * DAY });
    const examination = judge(makeResponse({ issuer, certificate, thisUpdate, producedAt, nextUpdate }), {
      subject: subjectOf(certificate, issuer),
    });
    expect(outcome(examination)).toBe(expected);
    // The end of the certificate itself is no limit of the response, but its age is.
    const end = Math.min(nextUpdate, thisUpdate + DEFAULTS.maxAge);
    if (examination.kind === 'good') expect(examination.response.usefulUntil).toBe(end);
  });
});
