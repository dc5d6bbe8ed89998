import { constants, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Question } from '../../src/ocsp/verify/question.js';
import { type Examination, verify } from '../../src/ocsp/verify/verify.js';
import { DAY, HOUR } from '../../src/util/time.js';
import { readCertificate } from '../../src/x509/certificate.js';
import { makeAuthority, makeCertificate, makeResponse, type ResponseOptions } from '../support/ca.js';
import {
  bits,
  explicit,
  generalizedTime,
  hex,
  implicit,
  int,
  nul,
  octets,
  oid,
  seq,
  utf8,
} from '../support/der.js';
import { extension, generalName, OID_NONCE } from '../support/extensions.js';
import type { SingleOptions } from '../support/responses.js';
import { pssAlgorithm } from '../support/signing.js';
import { CIRCUMSTANCES } from './support/judging.js';

const { now } = CIRCUMSTANCES;
const authority = makeAuthority({ key: 'p-256', depth: 1 });
const [certificate, other] = [authority.issue(), authority.issue({ subject: 'other.example' })];
const question: Question = {
  serialNumber: certificate.serial,
  issuer: readCertificate(authority.root.der),
  trustedResponders: [],
};
const TIMES = { thisUpdate: now - HOUR, nextUpdate: now + DAY };
const OWN: SingleOptions = { certificate, ...TIMES };
const OTHER: SingleOptions = { certificate: other, ...TIMES };

function judge(singles: readonly SingleOptions[], options: Partial<ResponseOptions> = {}): Examination {
  const der = makeResponse({ issuer: authority.root, singles, ...options });
  return verify(der, question, CIRCUMSTANCES);
}

const warningsOf = ({ checks }: Examination) =>
  checks.flatMap((check) => (check.outcome === 'warning' ? [check.code] : []));

// GnuTLS and Go read the times of all answers, and refuse the response if one is malformed.
describe('a malformed time of another answer', () => {
  test.each<[string, Partial<SingleOptions>, string]>([
    ['thisUpdate', { thisUpdate: generalizedTime('203006151200Z') }, '203006151200Z'],
    ['nextUpdate', { nextUpdate: generalizedTime('20300230120000Z') }, '20300230120000Z'],
    ['revocationTime', { status: { revoked: generalizedTime('20300601120000.5Z') } }, '20300601120000.5Z'],
  ])('%s: refused', (field, changes, text) => {
    const serial = other.serialHex.toLowerCase();
    const examination = judge([OWN, { ...OTHER, ...changes }], { producedAt: now - HOUR });
    expect(examination).toMatchObject({ kind: 'rejected', code: 'time-malformed' });
    expect(examination.problem).toMatch(`${field} "${text}" `);
    expect(examination.problem).toMatch(new RegExp(`, in the answer about serial ${serial}$`));
  });
});

// No client has sent the nonce of a staple: mozilla::pkix knows no critical extension of a response at all.
describe('a critical nonce', () => {
  const critical = extension(OID_NONCE, octets(new Uint8Array(32)), true);

  test('of the response: accepted with a warning', () => {
    const examination = judge([OWN], { extensions: [critical] });
    expect(examination).toMatchObject({ kind: 'good' });
    expect(warningsOf(examination)).toEqual(['nonce-critical']);
  });

  test('of an answer: refused, since a nonce is none of its extensions', () => {
    const examination = judge([{ ...OWN, extensions: [critical] }]);
    expect(examination).toMatchObject({ kind: 'rejected', code: 'critical-extension' });
    expect(examination.problem).toContain('the SingleResponse has ');
  });
});

// mozilla::pkix refuses the response if it cannot read this extension of the answer (RFC 6962 §3.3).
test.each<[string, Uint8Array, string]>([
  ['one that is none', hex('ff'), 'rejected'],
  ['an empty value', hex(''), 'rejected'],
  ['a bare list', hex('00050003010203'), 'rejected'],
  ['more behind it', hex('0402000005 00'), 'rejected'],
  ['a list', octets(hex('00050003010203')), 'good'],
  ['another extension', nul(), 'good'],
])('timestamps in the answer, %s', (name, value, kind) => {
  const id = name === 'another extension' ? '1.3.6.1.4.1.99999.1' : '1.3.6.1.4.1.11129.2.4.5';
  const examination = judge([{ ...OWN, extensions: [extension(id, value)] }]);
  expect(examination.kind).toBe(kind);
  if (kind === 'rejected') {
    expect(examination).toMatchObject({ code: 'der-malformed' });
    expect(examination.problem).toContain('signed certificate timestamps');
  }
});

// GnuTLS 3.7 looks at the first answer only; later releases find the answer, and take status and times of the first.
test.each<[string, readonly SingleOptions[], readonly string[]]>([
  ['first', [OWN, OTHER], []],
  ['first, twice', [OWN, { ...OWN, hash: 'sha256' }, OTHER], []],
  ['second', [OTHER, OWN], ['answer-not-first']],
  ['third, behind a revocation', [OTHER, { ...OTHER, status: { revoked: now } }, OWN], ['answer-not-first']],
])('the answer is %s', (_, singles, warnings) => {
  const examination = judge(singles);
  expect(examination.kind).toBe('good');
  expect(warningsOf(examination)).toEqual(warnings);
});

// GnuTLS takes every PSS signature of a response for one with SHA-256; mozilla::pkix wants a salt as long as the hash.
test.each<['sha256' | 'sha384' | 'sha512', number, readonly string[]]>([
  ['sha256', 32, []],
  ['sha256', 20, ['signature-pss-unusual']],
  ['sha256', 190, ['signature-pss-unusual']],
  ['sha384', 48, ['signature-pss-unusual']],
  ['sha512', 64, ['signature-pss-unusual']],
])('a PSS signature with %s and a salt of %i octets', (hash, saltLength, warnings) => {
  const { root, issue } = makeAuthority({ key: 'rsa-2048', depth: 1 });
  const own = issue();
  const der = makeResponse({
    issuer: root,
    certificate: own,
    ...TIMES,
    tamper(parts) {
      const key = { key: root.key.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
      parts.algorithm = pssAlgorithm(hash, saltLength);
      parts.signature = bits(sign(hash, parts.tbs, key));
    },
  });
  const asked = { serialNumber: own.serial, issuer: readCertificate(root.der), trustedResponders: [] };
  const examination = verify(der, asked, CIRCUMSTANCES);
  expect(examination.kind).toBe('good');
  expect(warningsOf(examination)).toEqual(warnings);
});

// No client reads TLS features of a delegate, but GnuTLS those that its issuer asks for (RFC 7633 §4.2.2).
describe('TLS features of a delegate that cannot be read', () => {
  test.each<[string, boolean, Partial<Examination>]>([
    ['that its issuer does not ask for: accepted', false, { kind: 'good' }],
    [
      'that its issuer asks for: refused',
      true,
      {
        kind: 'rejected',
        problem: '"Signer" has an extension tlsFeature that cannot be read: it has a tag number above 30',
      },
    ],
  ])('%s', (_, mustStaple, expected) => {
    expect(judgeDelegate(extension('1.3.6.1.5.5.7.1.24', hex('ff')), mustStaple)).toMatchObject(expected);
  });
});

/** Judges the response of a delegate that has this extension. */
function judgeDelegate(one: Uint8Array, mustStaple = false): Examination {
  const issuer = makeCertificate({ subject: 'Issuer', ca: true, mustStaple });
  const signer = makeCertificate({
    subject: 'Signer',
    issuer,
    extendedKeyUsage: ['ocspSigning'],
    ocspNoCheck: true,
    extraExtensions: [one],
  });
  const der = makeResponse({ ...OWN, issuer, signer });
  return verify(der, { ...question, issuer: readCertificate(issuer.der) }, CIRCUMSTANCES);
}

// OpenSSL accepts no certificate with a distribution point that it cannot read, or that names neither place nor issuer.
test.each<[string, Uint8Array, string]>([
  ['a place', seq(explicit(0, explicit(0, generalName.uri('http://crl.example/')))), 'good'],
  ['a relative name', seq(explicit(0, explicit(1, seq(oid('2.5.4.3'), utf8('CRL'))))), 'good'],
  ['an issuer', seq(explicit(2, generalName.directory(authority.root.name))), 'good'],
  ['nothing', seq(), 'rejected'],
  ['reasons only', seq(implicit(1, bits(Uint8Array.of(0x40), 6))), 'rejected'],
  ['a number', int(1), 'rejected'],
  ['more than belongs there', seq(explicit(3, nul())), 'rejected'],
])('a delegate with a CRL distribution point that names %s', (_, point, kind) => {
  const examination = judgeDelegate(extension('2.5.29.31', seq(point)));
  expect(examination.kind).toBe(kind);
  if (kind === 'rejected')
    expect(examination.problem).toContain('has an extension cRLDistributionPoints that cannot be read: it ');
});

// A client that does not know the extension refuses the issuer's certificate, with a staple or without.
describe.each([
  [
    'cRLDistributionPoints',
    '2.5.29.31',
    seq(seq(explicit(0, explicit(0, generalName.uri('http://crl.example/'))))),
  ],
  ['policyMappings', '2.5.29.33', seq(seq(oid('1.2.3'), oid('1.2.4')))],
])('%s as a critical extension', (_, id, value) => {
  const critical = extension(id, value, true);

  test('of the issuer: accepted, because OpenSSL knows it', () => {
    const issuer = makeCertificate({ subject: 'Issuer', ca: true, extraExtensions: [critical] });
    const der = makeResponse({ ...OWN, issuer });
    const examination = verify(der, { ...question, issuer: readCertificate(issuer.der) }, CIRCUMSTANCES);
    expect(examination).toMatchObject({ kind: 'good' });
  });

  test('of a delegate: refused, because mozilla::pkix does not know it', () => {
    expect(judgeDelegate(critical)).toMatchObject({
      code: 'signer-not-authorized',
      problem: `"Signer" has the unknown critical extension ${id}`,
    });
  });
});
