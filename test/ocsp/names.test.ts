import { expect, test } from 'vitest';
import { verify } from '../../src/ocsp/verify/verify.js';
import { DAY, HOUR } from '../../src/util/time.js';
import { readCertificate } from '../../src/x509/certificate.js';
import { commonName } from '../../src/x509/name.js';
import { makeCertificate, makeKey, makeResponse, type TestCertificate } from '../support/ca.js';
import { concat, nul, octets, oid, seq, set, tlv } from '../support/der.js';
import { extension } from '../support/extensions.js';
import type { SingleResponseOptions } from '../support/responses.js';
import { responderByName } from '../support/responses.js';
import { CIRCUMSTANCES } from './support/judging.js';

const { now } = CIRCUMSTANCES;
const [UTF8, PRINTABLE, TELETEX, BMP] = [0x0c, 0x13, 0x14, 0x1e] as const;

/** A Name with one common name of a string type. */
function nameOf(tag: number, content: Uint8Array): Uint8Array {
  return seq(set(seq(oid('2.5.4.3'), tlv(tag, content))));
}

test.each([
  ['UTF8String', UTF8, Buffer.from('Käthe')],
  ['TeletexString', TELETEX, Buffer.from('Käthe', 'latin1')],
  ['BMPString', BMP, Buffer.from('Käthe', 'utf16le').swap16()],
  [
    'BMPString that ends within a character',
    BMP,
    Buffer.from([...Buffer.from('Käthe', 'utf16le').swap16(), 0]),
  ],
])('a common name in %s can be read in messages', (_, tag, content) => {
  expect(commonName(nameOf(tag, content))).toBe('"Käthe"');
});

const [printable, utf8, other] = [
  nameOf(PRINTABLE, Buffer.from('Issuer')),
  nameOf(UTF8, Buffer.from('Issuer')),
  nameOf(UTF8, Buffer.from('Other')),
];
const issuer = makeCertificate({ subject: printable, ca: true });
const certificate = makeCertificate({ subject: 'leaf.example', issuer });

function problemOf(changes: Partial<SingleResponseOptions>): string {
  const times = { thisUpdate: now - HOUR, nextUpdate: now + DAY };
  const der = makeResponse({ issuer, certificate, ...times, ...changes });
  const asked = {
    serialNumber: certificate.serial,
    issuer: readCertificate(issuer.der),
    trustedResponders: [],
  };
  return verify(der, asked, CIRCUMSTANCES).problem;
}

const OCTETS = 'the same common name, but other octets';

test.each([
  [
    'other octets',
    utf8,
    `responderID byName does not name the signer, the issuer, "Issuer": it has ${OCTETS}`,
  ],
  ['another text', other, 'responderID byName does not name the signer, the issuer, "Issuer": it is "Other"'],
])('a responderID with a name of %s says how it differs', (_, name, problem) => {
  expect(problemOf({ responderId: responderByName(name) })).toBe(problem);
});

test.each([
  ['other octets', utf8, `"Signer" was not issued by "Issuer": the name of its issuer has ${OCTETS}`],
  ['another text', other, '"Signer" was not issued by "Issuer": the name of its issuer is "Other"'],
])('a delegate whose issuer has a name of %s says how it differs', (_, name, problem) => {
  const alias: TestCertificate = { ...issuer, name };
  const signer = makeCertificate({
    subject: 'Signer',
    issuer: alias,
    key: makeKey('p-256'),
    extendedKeyUsage: ['ocspSigning'],
  });
  expect(problemOf({ signer })).toBe(problem);
});

test('an issuer whose key identifier cannot be read is not told as a fault of its delegate', () => {
  const broken = extension('2.5.29.14', concat(octets(Uint8Array.of(1)), nul()));
  const ca = makeCertificate({ subject: 'Issuer', ca: true, extraExtensions: [broken] });
  const signer = makeCertificate({
    subject: 'Signer',
    issuer: ca,
    key: makeKey('p-256'),
    extendedKeyUsage: ['ocspSigning'],
  });
  const asked = { serialNumber: certificate.serial, issuer: readCertificate(ca.der), trustedResponders: [] };
  const times = { thisUpdate: now - HOUR, nextUpdate: now + DAY };
  const der = makeResponse({ issuer: ca, certificate, ...times, signer });
  expect(verify(der, asked, CIRCUMSTANCES).problem).toBe(
    '"Signer" has octets after SubjectKeyIdentifier in the certificate of its issuer',
  );
});
