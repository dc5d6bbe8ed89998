import { describe, expect, test } from 'vitest';
import { readCertificate, type Certificate } from '../../src/certificates/certificate.js';
import { assertTrusted, findIssuer } from '../../src/certificates/chain.js';
import { makeCertificate, makeKey, type TestCertificate } from '../support/ca.js';

const read = ({ der }: TestCertificate): Certificate => readCertificate(der);
const root = makeCertificate({ subject: 'Root', ca: true });
const otherRoot = makeCertificate({ subject: 'Other Root', ca: true });
const key = makeKey('p-256');
const DAY = 86_400_000;
const NOW = Date.UTC(2030, 0, 1);

/** Two certificates of one issuer and one key. */
const issuer = makeCertificate({ subject: 'Issuer', issuer: root, key, ca: true });
const crossSigned = makeCertificate({
  subject: 'Issuer',
  issuer: otherRoot,
  key,
  ca: true,
  notAfter: NOW - DAY,
});
const leaf = makeCertificate({ subject: 'leaf.example', issuer });

describe('an issuer with two certificates', () => {
  test.each([[[issuer, crossSigned]], [[crossSigned, issuer]]])('the one valid longest counts', (both) => {
    expect(findIssuer(read(leaf), both.map(read), 'f').notAfter).toBe(issuer.notAfter);
  });

  test.each([
    ['its own root', root],
    ['the root of its twin', otherRoot],
  ])('chains to %s', (_, anchor) => {
    const between = [issuer, crossSigned].map(read);
    expect(() => assertTrusted(read(issuer), between, [read(anchor)], 'f')).not.toThrow();
  });
});

describe('a path to a root', () => {
  const refused = expect.objectContaining({ code: 'issuer-not-trusted' });

  test('does not lead through the certificate of a server', () => {
    const forged = makeCertificate({ subject: 'Forged', issuer: leaf, ca: true });
    expect(() => assertTrusted(read(leaf), [issuer].map(read), [read(root)], 'f')).toThrow(refused);
    expect(() => assertTrusted(read(forged), [leaf, issuer].map(read), [read(root)], 'f')).toThrow(refused);
  });

  test('a certificate that is itself the anchor needs no other', () => {
    expect(() => assertTrusted(read(leaf), [], [read(leaf)], 'f')).not.toThrow();
  });

  test('is found or not, however many certificates of one key there are', () => {
    const twins = Array.from({ length: 40 }, (_, serial) =>
      makeCertificate({ subject: 'Twin', issuer: undefined, key, serial: serial + 1, ca: true }),
    );
    const [first] = twins.map(read);
    expect(() => assertTrusted(first as Certificate, twins.map(read), [read(root)], 'f')).toThrow(refused);
  });
});
