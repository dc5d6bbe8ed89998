import { describe, expect, test } from 'vitest';
import { readCertificate, type Certificate } from '../../src/certificates/certificate.js';
import { assertTrusted, findIssuer, findLeaf } from '../../src/certificates/chain.js';
import { certificatesInFile } from '../../src/certificates/pem.js';
import {
  hasNoRevAvail,
  hasOcspNoCheck,
  isMustStaple,
  mayOcspSign,
  ocspUrls,
} from '../../src/certificates/usage.js';
import { makeAuthority, makeCertificate, makeKey, type TestCertificate } from '../support/ca.js';

const authority = makeAuthority({ name: 'One', depth: 3 });
const leaf = authority.issue({ ocspUrls: ['http://a/', 'ldap://b', 'http://c/'], mustStaple: true });
const text = (...parts: string[]) => Buffer.from(parts.join('\n'));
const read = ({ der }: TestCertificate): Certificate => readCertificate(der);
const [issuing, above, root] = authority.chain as [TestCertificate, TestCertificate, TestCertificate];

describe('a file of certificates', () => {
  const pem = leaf.pem;
  const key = makeKey('p-256').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  test.each([
    ['PEM', text(pem), 1],
    ['several in any order, with text around them', text('Subject: CN=x', issuing.pem, 'and', pem, 'end'), 2],
    ['a key before the certificate', text(key, pem), 1],
    ['DOS line ends', text(pem.replaceAll('\n', '\r\n')), 1],
    ['a byte order mark', text('\ufeff' + pem), 1],
    ['bare DER', Buffer.from(leaf.der), 1],
  ])('%s', (_, bytes, count) => {
    const found = certificatesInFile(bytes, 'f');
    expect(found).toHaveLength(count);
    expect(found.map((der) => Buffer.from(der).equals(leaf.der))).toContain(true);
  });

  test.each([
    ['empty', text(''), 'file-empty', /^f is empty/],
    ['a private key', text(key), 'private-key-given', /holds a private key/],
    [
      'an encrypted key',
      text(key.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE')),
      'private-key-given',
      /an encrypted private key/,
    ],
    [
      'a traditional encrypted key',
      text('-----BEGIN RSA PRIVATE KEY-----', 'Proc-Type: 4,ENCRYPTED'),
      'private-key-given',
      /encrypted/,
    ],
    [
      'a request',
      text('-----BEGIN CERTIFICATE REQUEST-----', '-----END CERTIFICATE REQUEST-----'),
      'not-a-certificate',
      /only CERTIFICATE REQUEST/,
    ],
    ['prose', text('hello'), 'not-a-certificate', /no PEM block/],
    ['cut short', text(pem.slice(0, 200)), 'certificate-malformed', /breaks off/],
    ['not base64', text(pem.replace(/M/, '*')), 'certificate-malformed', /not base64/],
  ])('%s is refused with words', (_, bytes, code, message) => {
    expect(() => certificatesInFile(bytes, 'f')).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe('the facts of a certificate', () => {
  test('are read from its extensions', () => {
    expect(ocspUrls(read(leaf))).toEqual(['http://a/', 'ldap://b', 'http://c/']);
    expect(isMustStaple(read(leaf))).toBe(true);
    expect(mayOcspSign(read(leaf))).toBe(false);
    const delegate = read(authority.delegate());
    expect([mayOcspSign(delegate), hasOcspNoCheck(delegate), isMustStaple(delegate)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(hasNoRevAvail(read(authority.issue({ noRevAvail: true })))).toBe(true);
  });

  test('keep the serial number as it is written', () => {
    for (const serial of ['00', '7f', '0080', '00ff'.padEnd(40, 'a')]) {
      const certificate = read(authority.issue({ serial: Buffer.from(serial, 'hex') }));
      expect(Buffer.from(certificate.serialNumber).toString('hex')).toBe(serial);
    }
  });

  test.each(['rsa-2048', 'p-256', 'p-384', 'p-521', 'ed25519', 'ed448'] as const)('%s keys', (key) => {
    const own = makeAuthority({ key, name: key });
    expect(findIssuer(read(own.issue()), [read(own.intermediate)], 'f')).toMatchObject({
      subject: read(own.intermediate).subject,
    });
  });
});

describe('leaf and issuer', () => {
  const all = [root, leaf, above, issuing].map(read);

  test('are found wherever they stand', () => {
    expect(findLeaf(all, 'f').der).toEqual(read(leaf).der);
    expect(findIssuer(read(leaf), all, 'f').der).toEqual(read(issuing).der);
  });

  test('two leaves in one file are ambiguous', () => {
    const two = [read(leaf), read(authority.issue({ subject: 'other.example' }))];
    expect(() => findLeaf(two, 'f')).toThrow(/"example.com", "other.example"/);
    expect(findLeaf([read(leaf), read(leaf)], 'f').der).toEqual(read(leaf).der);
  });

  test('the name alone does not make an issuer', () => {
    const twin = makeAuthority({ name: 'One', depth: 3 });
    expect(twin.intermediate.name).toEqual(issuing.name);
    expect(() => findIssuer(read(leaf), [read(twin.intermediate)], 'f')).toThrow(/its key did not sign/);
    expect(findIssuer(read(leaf), [read(twin.intermediate), read(issuing)], 'f').der).toEqual(
      read(issuing).der,
    );
  });

  test('a missing issuer and a self-signed certificate are told apart', () => {
    expect(() => findIssuer(read(leaf), [read(leaf), read(root)], 'f')).toThrow(
      /of its issuer "One Intermediate CA.*" is not there/,
    );
    const alone = makeCertificate({ subject: 'alone', key: makeKey('p-256') });
    expect(() => findIssuer(read(alone), [read(alone)], 'f')).toThrow(/"alone" in f is self-signed/);
  });

  test('a root chain must be that of the issuer', () => {
    const other = makeAuthority({ name: 'Other' });
    const twin = makeAuthority({ name: 'One', depth: 3 });
    const trusted =
      (anchors: TestCertificate[], between = all) =>
      () =>
        assertTrusted(read(issuing), between, anchors.map(read), 'roots');
    expect(trusted([root])).not.toThrow();
    expect(trusted([issuing])).not.toThrow();
    expect(trusted([above], [])).not.toThrow();
    expect(trusted([root], [])).toThrow(/does not chain to roots/);
    expect(trusted([other.root])).toThrow(/does not chain to roots/);
    expect(trusted([twin.root])).toThrow(/does not chain to roots/);
  });

  test('certificates that sign each other in a circle end the search', () => {
    const one = makeKey('p-256');
    const two = makeKey('p-256');
    const a = makeCertificate({ subject: 'A', key: one, ca: true });
    const b = makeCertificate({ subject: 'B', key: two, ca: true, issuer: a });
    const again = makeCertificate({ subject: 'A', key: one, ca: true, issuer: b });
    const circle = [again, b].map(read);
    expect(() => assertTrusted(read(b), circle, [read(root)], 'roots')).toThrow(/does not chain/);
  });
});
