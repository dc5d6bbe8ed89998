import { describe, expect, test } from 'vitest';
import { describe as textOf } from '../../src/util/errors.js';
import { type Certificate, readCertificate } from '../../src/x509/certificate.js';
import { findIssuer, findLeaf } from '../../src/x509/chain.js';
import {
  hasNoRevAvail,
  ocspNoCheck,
  isMustStaple,
  mayOcspSign,
  ocspUrls,
} from '../../src/x509/extensions.js';
import { loadCertificates } from '../../src/x509/load.js';
import { findPath } from '../../src/x509/path.js';
import { certificatesInFile } from '../../src/x509/pem.js';
import {
  makeAuthority,
  makeCertificate,
  makeErrorResponse,
  makeKey,
  type TestCertificate,
} from '../support/ca.js';

const authority = makeAuthority({ name: 'One', depth: 3 });
const leaf = authority.issue({ ocspUrls: ['http://a/', 'ldap://b', 'http://c/'], mustStaple: true });
const text = (...parts: string[]) => Buffer.from(parts.join('\n'));
const read = ({ der }: TestCertificate): Certificate => readCertificate(der);
const [issuing, above, root] = authority.chain as [TestCertificate, TestCertificate, TestCertificate];

function path(issuer: Certificate, between: readonly Certificate[], roots: readonly Certificate[]) {
  const now = Date.UTC(2030, 0, 1);
  return findPath({ certificate: undefined, issuer, between, roots, where: 'roots', now });
}

function block(label: string, der: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`;
}

describe('a file of certificates', () => {
  const pem = leaf.pem;
  const other = (label: string) => `-----BEGIN ${label}-----\nMIIB\n-----END ${label}-----`;
  // The bytes of an OpenSSL X509_CERT_AUX: here an alias.
  const aux = Buffer.from('30050c03776562', 'hex');
  const trusted = block('TRUSTED CERTIFICATE', Buffer.concat([leaf.der, aux]));
  const key = makeKey('p-256').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  test.each([
    ['PEM', text(pem), 1],
    ['several in any order, with text around them', text('Subject: CN=x', issuing.pem, 'and', pem, 'end'), 2],
    ['a key before the certificate', text(key, pem), 1],
    ['DOS line ends', text(pem.replaceAll('\n', '\r\n')), 1],
    ['a byte order mark', text('\ufeff' + pem), 1],
    ['UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${pem}${issuing.pem}`, 'utf16le'), 2],
    ['UTF-16 of the other order', Buffer.from(`\ufeff${pem}`, 'utf16le').swap16(), 1],
    ['UTF-16 without a mark', Buffer.from(pem, 'utf16le'), 1],
    ['text of Latin-1 around it', Buffer.from(`Z\u00fcrich\n${pem}`, 'latin1'), 1],
    ['without a line end between two', text(pem.trimEnd() + issuing.pem), 2],
    ['other labels', text(pem.replaceAll(' CERT', ' X509 CERT')), 1],
    ['a trusted certificate', text(trusted), 1],
    [
      'a request, a CRL and parameters beside it',
      text(other('CERTIFICATE REQUEST'), other('X509 CRL'), other('DH PARAMETERS'), pem),
      1,
    ],
    ['bare DER', Buffer.from(leaf.der), 1],
    ['several in DER', Buffer.concat([leaf.der, issuing.der]), 2],
    ['DER and a line end', Buffer.concat([leaf.der, Buffer.from('\r\n')]), 1],
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
      /^f holds a certificate request \(CSR\), no certificate$/,
    ],
    ['prose', text('hello'), 'not-a-certificate', /no PEM block/],
    [
      'a response',
      makeErrorResponse('tryLater'),
      'not-a-certificate',
      /holds an OCSP response in DER, no certificate/,
    ],
    [
      'base64 alone',
      text(Buffer.from(leaf.der).toString('base64')),
      'not-a-certificate',
      /a certificate in base64, without the lines/,
    ],
    ['cut short', text(pem.slice(0, 200)), 'certificate-malformed', /breaks off/],
    [
      'the first of two cut short',
      text(pem.slice(0, 200), issuing.pem),
      'certificate-malformed',
      /breaks off/,
    ],
    ['not base64', text(pem.replace(/M/, '*')), 'certificate-malformed', /not base64/],
  ])('%s is refused with words', (_, bytes, code, message) => {
    expect(() => certificatesInFile(bytes, 'f')).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(/./),
      }),
    );
  });

  test.each([
    ['ENOENT', 'file-missing', 'put it there, or correct the path; if it is a link, renew it'],
    ['ENOTDIR', 'file-missing', 'put it there, or correct the path; if it is a link, renew it'],
    ['EFBIG', 'file-too-large', 'name a file that has only the certificate and its issuers'],
    ['EACCES', 'file-unreadable', 'let the user that runs ocspbot read it'],
    ['EISDIR', 'file-unreadable', 'name the file in it'],
    ['EINVAL', 'file-unreadable', 'name a regular file: pipes and devices are not read'],
    ['EIO', 'file-unreadable', 'look at that path, and for disk errors in the kernel log'],
  ])('a file that cannot be read (%s) has advice of its own', (code, expected, hint) => {
    const read = () => {
      throw Object.assign(new Error(code), { code });
    };
    expect(() => loadCertificates('f', { read })).toThrow(expect.objectContaining({ code: expected, hint }));
  });
});

test.each([
  ['EACCES', 'f cannot be read: permission denied'],
  ['ENOENT', 'f does not exist'],
  ['EISDIR', 'f is a folder'],
  ['EIO', 'f cannot be read (EIO)'],
])('a file that cannot be read (%s) is told in one way, without the words of the system', (code, told) => {
  const read = () => {
    throw Object.assign(new Error(`${code}: words of the system, open 'f'`), { code });
  };
  try {
    loadCertificates('f', { read });
    expect.unreachable();
  } catch (error) {
    expect(textOf(error)).toBe(told);
  }
});

describe('the facts of a certificate', () => {
  test('are read from its extensions', () => {
    expect(ocspUrls(read(leaf))).toEqual(['http://a/', 'ldap://b', 'http://c/']);
    expect(isMustStaple(read(leaf))).toBe(true);
    expect(mayOcspSign(read(leaf))).toBe(false);
    const delegate = read(authority.delegate());
    expect([mayOcspSign(delegate), ocspNoCheck(delegate) !== undefined, isMustStaple(delegate)]).toEqual([
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
    expect(findLeaf(all).der).toEqual(read(leaf).der);
    expect(findIssuer(read(leaf), all, 'f').der).toEqual(read(issuing).der);
  });

  const foreign = makeCertificate({ subject: 'Foreign Root', ca: true });
  const predecessor = authority.issue();
  const old = makeCertificate({ subject: 'Old Root', key: makeKey('p-256') });
  const served = makeCertificate({ subject: 'old.example', issuer: old });
  test.each([
    ['another leaf', [leaf, authority.issue({ subject: 'other.example' })], leaf],
    ['its predecessor', [leaf, predecessor, issuing], leaf],
    ['itself once more', [leaf, leaf], leaf],
    ["CAs that are nobody's issuer here", [leaf, foreign, issuing], leaf],
    ['such a CA before it', [foreign, leaf, issuing], leaf],
    ['its chain, the root first', [root, above, issuing, leaf], leaf],
    ['a root of version 1 before it', [old, served], served],
    ['nothing but CAs', [issuing, above, root], issuing],
  ])('the first certificate of a file is meant: with %s', (_, certificates, expected) => {
    expect(findLeaf(certificates.map(read)).der).toEqual(read(expected).der);
  });

  test('the name alone does not make an issuer', () => {
    const otherIssuer = makeAuthority({ name: 'One', depth: 3 });
    expect(otherIssuer.intermediate.name).toEqual(issuing.name);
    expect(() => findIssuer(read(leaf), [read(otherIssuer.intermediate)], 'f')).toThrow(
      /its key did not sign/,
    );
    expect(findIssuer(read(leaf), [read(otherIssuer.intermediate), read(issuing)], 'f').der).toEqual(
      read(issuing).der,
    );
  });

  test('a missing issuer and a self-signed certificate are told apart', () => {
    expect(() => findIssuer(read(leaf), [read(leaf), read(root)], 'f')).toThrow(
      /^no certificate of the issuer "One Intermediate CA.*" in f \(found: "One Root CA"\)$/,
    );
    expect(() => findIssuer(read(leaf), [read(leaf)], 'f')).toThrow(/ in f$/);
    const many = ['a', 'b', 'c', 'd', 'e'].map((subject) =>
      read(makeCertificate({ subject, key: makeKey('p-256') })),
    );
    expect(() => findIssuer(read(leaf), [...many, ...many], 'f')).toThrow(
      / \(found: "a", "b", "c" and 2 more\)$/,
    );
    const alone = makeCertificate({ subject: 'alone', key: makeKey('p-256') });
    expect(() => findIssuer(read(alone), [read(alone)], 'f')).toThrow(/"alone" in f is self-signed/);
  });

  test('a root chain must be that of the issuer', () => {
    const other = makeAuthority({ name: 'Other' });
    const otherIssuer = makeAuthority({ name: 'One', depth: 3 });
    const trusted =
      (anchors: TestCertificate[], between = all) =>
      () =>
        path(read(issuing), between, anchors.map(read));
    expect(trusted([root])).not.toThrow();
    expect(trusted([issuing])).not.toThrow();
    expect(trusted([above], [])).not.toThrow();
    expect(trusted([root], [])).toThrow(/does not chain to roots/);
    expect(trusted([other.root])).toThrow(/does not chain to roots/);
    expect(trusted([otherIssuer.root])).toThrow(/does not chain to roots/);
  });

  test('certificates that sign each other in a circle end the search', () => {
    const one = makeKey('p-256');
    const two = makeKey('p-256');
    const a = makeCertificate({ subject: 'A', key: one, ca: true });
    const b = makeCertificate({ subject: 'B', key: two, ca: true, issuer: a });
    const again = makeCertificate({ subject: 'A', key: one, ca: true, issuer: b });
    const circle = [again, b].map(read);
    expect(() => path(read(b), circle, [read(root)])).toThrow(/does not chain/);
  });
});
