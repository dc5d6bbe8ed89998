import { describe, expect, test } from 'vitest';
import { DAY } from '../../../src/util/time.js';
import { makeCertificate, makeResponse, type TestCertificate } from '../../support/ca.js';
import { hex } from '../../support/der.js';
import { delegate, issuer, judge, leaf, load, NOW, outcome, root, subjectOf, TIMES } from './judging.js';

describe('key rollover: one name, an old and a new key', () => {
  const old = makeCertificate({ subject: 'Issuer', issuer: root, ca: true });
  const serial = hex('4f01');
  const certificate = makeCertificate({ subject: 'leaf.example', issuer, serial });

  test.each([[[issuer, old]], [[old, issuer]]])(
    'the issuer is whose key signed, whatever the order',
    (both) => {
      const found = load(certificate, ...both).issuer;
      expect(Buffer.from(found.der).equals(issuer.der)).toBe(true);
    },
  );

  const about = { issuer, certificate, ...TIMES };
  test.each([
    ['signed by the new key, the old certificate sent along', { ...about, embed: [old, issuer] }, 'good'],
    ['a delegate of the new key', { ...about, signer: delegate(issuer) }, 'good'],
    ['about the same serial number under the old key', { ...about, issuer: old }, 'certid-mismatch'],
    ['about ours, signed by the old key', { ...about, signer: old }, 'signer-not-authorized'],
    [
      'about ours, signed by a delegate of the old key',
      { ...about, signer: delegate(old) },
      'signer-not-authorized',
    ],
  ])('%s', (_, response, expected) => {
    expect(outcome(judge(makeResponse(response), { subject: subjectOf(certificate, issuer) }))).toBe(
      expected,
    );
  });

  /** OpenSSL refuses both: neither key may sign for certificates of the other. */
  test('one response about both certificates of that serial number', () => {
    const older = makeCertificate({ subject: 'leaf.example', issuer: old, serial });
    const singles = [
      { certificate: older, issuer: old, status: { revoked: NOW - DAY }, ...TIMES },
      { certificate, issuer, ...TIMES },
    ];
    const [byNew, byOld] = [issuer, old].map((signer) =>
      makeResponse({ issuer, signer, singles, embed: [] }),
    );
    expect(outcome(judge(byNew!, { subject: subjectOf(certificate, issuer) }))).toBe('signer-not-authorized');
    expect(outcome(judge(byOld!, { subject: subjectOf(older, old) }))).toBe('signer-not-authorized');
    expect(outcome(judge(byNew!, { subject: subjectOf(older, old) }))).toBe('signature-invalid');
  });
});

describe('cross-signing: one name and key, two certificates', () => {
  const otherRoot = makeCertificate({ subject: 'Other Root', ca: true });
  const ends = NOW + DAY;
  const crossSigned = makeCertificate({
    subject: 'Issuer',
    issuer: otherRoot,
    key: issuer.key,
    ca: true,
    notAfter: ends,
  });
  const issuers = [
    ['its own', issuer, TIMES.nextUpdate],
    ['the cross-signed one', crossSigned, ends],
  ] as const;

  test.each(issuers)(
    'the same response is good with %s, and useful as long as that is valid',
    (_, one, usefulUntil) => {
      for (const embed of [[], [crossSigned], [issuer], [crossSigned, issuer]]) {
        const der = makeResponse({ issuer, certificate: leaf, embed, ...TIMES });
        expect(judge(der, { subject: subjectOf(leaf, one) })).toMatchObject({
          kind: 'good',
          response: { usefulUntil },
        });
      }
    },
  );

  test.each(issuers)('a delegate is as good with %s', (_, one) => {
    const der = makeResponse({ issuer, signer: delegate(issuer), certificate: leaf, ...TIMES });
    expect(outcome(judge(der, { subject: subjectOf(leaf, one) }))).toBe('good');
  });

  /** OpenSSL builds the path of the delegate with what was sent along: seen with curl --cert-status. */
  describe('a certificate of the issuer beside that of a delegate', () => {
    const signer = delegate(issuer);
    const expired = { subject: 'Issuer', key: issuer.key, ca: true, notAfter: NOW - DAY };
    const otherKey = makeCertificate({ subject: 'Issuer', issuer: root, ca: true });
    const unidentified = delegate(issuer, { withoutExtensions: ['2.5.29.35'] });
    test.each<[string, TestCertificate, readonly TestCertificate[], boolean]>([
      ['the very same', signer, [issuer], false],
      ['of another root', signer, [crossSigned], true],
      ['of another root, after the very same', signer, [issuer, crossSigned], false],
      ['of another root, expired', signer, [makeCertificate({ ...expired, issuer: otherRoot })], false],
      [
        'renewed by the same root',
        signer,
        [makeCertificate({ ...expired, issuer: root, notAfter: ends })],
        false,
      ],
      ['with another key, which the authorityKeyIdentifier rules out', signer, [otherKey], false],
      ['with another key', unidentified, [otherKey], true],
      ['none, but another delegate', signer, [delegate(issuer)], false],
    ])('%s', (_, by, beside, isWarning) => {
      const der = makeResponse({ issuer, signer: by, certificate: leaf, embed: [by, ...beside], ...TIMES });
      const { kind, checks } = judge(der);
      const warnings = checks.flatMap((one) => (one.outcome === 'warning' ? [one.code] : []));
      expect([kind, warnings]).toEqual(['good', isWarning ? ['signer-copy-differs'] : []]);
    });
  });

  test('an expired certificate of the issuer does not matter while another one is valid', () => {
    const expired = makeCertificate({
      subject: 'Issuer',
      issuer: otherRoot,
      key: issuer.key,
      ca: true,
      notAfter: NOW - DAY,
    });
    const der = makeResponse({ issuer, certificate: leaf, ...TIMES });
    expect(outcome(judge(der, { subject: load(leaf, expired, issuer) }))).toBe('good');
    expect(outcome(judge(der, { subject: load(leaf, expired) }))).toBe('issuer-expired');
  });
});
