import { describe, expect, test } from 'vitest';
import { type Certificate, readCertificate } from '../../src/x509/certificate.js';
import { findIssuer } from '../../src/x509/chain.js';
import { findPath } from '../../src/x509/path.js';
import { makeCertificate, makeKey, type TestCertificate } from '../support/ca.js';
import { alternativeNames, extension, generalName, nameConstraints } from '../support/extensions.js';

const read = ({ der }: TestCertificate): Certificate => readCertificate(der);
const root = makeCertificate({ subject: 'Root', ca: true });
const otherRoot = makeCertificate({ subject: 'Other Root', ca: true });
const key = makeKey('p-256');
const DAY = 86_400_000;
const NOW = Date.UTC(2030, 0, 1);

function path(issuer: Certificate, between: readonly Certificate[], roots: readonly Certificate[]) {
  return findPath({ certificate: undefined, issuer, between, roots, where: 'f', now: NOW });
}

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
    ['the root of another issuer with its name', otherRoot],
  ])('chains to %s', (_, anchor) => {
    const between = [issuer, crossSigned].map(read);
    expect(() => path(read(issuer), between, [read(anchor)])).not.toThrow();
  });
});

describe('a path to a root', () => {
  const refused = expect.objectContaining({ code: 'issuer-not-trusted' });

  test('does not lead through the certificate of a server', () => {
    const forged = makeCertificate({ subject: 'Forged', issuer: leaf, ca: true });
    expect(() => path(read(leaf), [issuer].map(read), [read(root)])).toThrow(refused);
    expect(() => path(read(forged), [leaf, issuer].map(read), [read(root)])).toThrow(refused);
  });

  test('is told without the issuer where it begins, whichever root it ends at', () => {
    const middle = makeCertificate({ subject: 'Middle', issuer: root, ca: true });
    const below = read(makeCertificate({ subject: 'Below', issuer: middle, ca: true }));
    const [above, anchor] = [read(middle), read(root)];
    expect(path(below, [above], [read(otherRoot), anchor])).toEqual([above, anchor]);
  });

  test('meets the name constraints of a root', () => {
    const constraints = nameConstraints([generalName.dns('here.example')]);
    const strict = makeCertificate({ subject: 'Strict', ca: true, extraExtensions: [constraints] });
    const below = (name: string) => {
      const extraExtensions = [alternativeNames(generalName.dns(name))];
      return read(makeCertificate({ subject: 'Below', issuer: strict, ca: true, extraExtensions }));
    };
    expect(() => path(below('ca.here.example'), [], [read(strict)])).not.toThrow();
    expect(() => path(below('ca.elsewhere.example'), [], [read(strict)])).toThrow(refused);
  });

  test('that ends at an unfit certificate is explained by that, not by another that is missing', () => {
    const short = makeCertificate({ subject: 'Short', issuer: root, key, ca: true, pathLength: 0 });
    const lost = makeCertificate({ subject: 'Short', issuer: otherRoot, key, ca: true });
    const middle = makeCertificate({ subject: 'Middle', issuer: short, ca: true });
    const below = read(makeCertificate({ subject: 'Below', issuer: middle, ca: true }));
    const hint = expect.stringContaining('clients refuse') as string;
    expect(() => path(below, [lost, middle, short].map(read), [read(root)])).toThrow(
      expect.objectContaining({ message: expect.stringContaining('pathLenConstraint') as string, hint }),
    );
  });

  test('that ends too early asks for the rest', () => {
    const hint = expect.stringContaining('give the root chain') as string;
    expect(() => path(read(issuer), [], [read(otherRoot)])).toThrow(expect.objectContaining({ hint }));
  });

  test('does not lead through a certificate whose authorityKeyIdentifier cannot be read', () => {
    const extraExtensions = [extension('2.5.29.35', Buffer.from('garbage'))];
    const odd = makeCertificate({ subject: 'Odd', issuer: root, ca: true, extraExtensions });
    expect(() => path(read(odd), [], [read(root)])).toThrow(refused);
  });

  test('a certificate that is itself the anchor needs no other', () => {
    expect(() => path(read(leaf), [], [read(leaf)])).not.toThrow();
  });

  test('is found or not, however many certificates of one key there are', () => {
    const otherIssuers = Array.from({ length: 40 }, (_, serial) =>
      makeCertificate({ subject: 'Twin', issuer: undefined, key, serial: serial + 1, ca: true }),
    );
    const [first] = otherIssuers.map(read);
    expect(() => path(first as Certificate, otherIssuers.map(read), [read(root)])).toThrow(refused);
  });
});
