import { describe, expect, test } from 'vitest';
import { verify } from '../../src/ocsp/verify/verify.js';
import { DAY, HOUR } from '../../src/util/time.js';
import { readCertificate } from '../../src/x509/certificate.js';
import { describeHashAlgorithm } from '../../src/x509/signature-algorithm.js';
import {
  type CertificateOptions,
  type KeyKind,
  makeCertificate,
  makeKey,
  makeResponse,
  type SignatureName,
  type TestCertificate,
} from '../support/ca.js';
import { bits, boolean, childrenOf, concat, int, octets, oid, seq, tlv } from '../support/der.js';
import { extension, OID_NONCE } from '../support/extensions.js';
import { makeCertId, type ResponseOptions, type SingleOptions } from '../support/responses.js';
import { CIRCUMSTANCES } from './support/judging.js';

const { now } = CIRCUMSTANCES;
const root = makeCertificate({ subject: 'Root', ca: true });
const TIMES = { thisUpdate: now - HOUR, nextUpdate: now + DAY };

function issuerOf(kind: KeyKind, more: Partial<CertificateOptions> = {}): TestCertificate {
  return makeCertificate({
    subject: 'Issuer',
    issuer: root,
    key: makeKey(kind, 'reasons'),
    ca: true,
    ...more,
  });
}

const issuer = issuerOf('rsa-2048');
const leafOf = (one: TestCertificate) =>
  makeCertificate({ subject: 'leaf.example', issuer: one, serial: 0x77 });

function delegateOf(one: TestCertificate, more: Partial<CertificateOptions> = {}): TestCertificate {
  return makeCertificate({
    subject: 'Signer',
    issuer: one,
    key: makeKey('p-256', 'reasons-delegate'),
    extendedKeyUsage: ['ocspSigning'],
    ocspNoCheck: true,
    ...more,
  });
}

interface Told {
  readonly code: string | undefined;
  readonly class: string | undefined;
  readonly words: string;
  readonly remedy: string;
}

/** Returns the message about a response of this CA that is good except for the changes. */
function tell(
  ca: TestCertificate,
  changes: Partial<ResponseOptions> = {},
  singles: readonly Partial<SingleOptions>[] = [{}],
): Told {
  const certificate = leafOf(ca);
  const answers = singles.map((single) => ({ certificate, ...TIMES, ...single }));
  const der = makeResponse({ issuer: ca, singles: answers, responderId: 'byKey', ...changes });
  const question = {
    serialNumber: certificate.serial,
    issuer: readCertificate(ca.der),
    trustedResponders: [],
  };
  const asked = { hash: 'sha1', nonce: Buffer.alloc(32, 1) } as const;
  const { checks } = verify(der, question, { ...CIRCUMSTANCES, asked });
  const failure = checks.find((check) => check.outcome === 'failed');
  if (failure?.outcome !== 'failed') return { code: undefined, class: undefined, words: '', remedy: '' };
  return { code: failure.code, class: failure.class, words: failure.evidence(), remedy: `${failure.remedy}` };
}

type Row = readonly [
  cause: string,
  told: () => Told,
  code: string,
  kind: string,
  words: RegExp,
  remedy?: RegExp,
];

const ALGORITHM = /must sign with RSA, ECDSA or EdDSA/;
const KEY = /key of today's strength/;
const signedBy = (kind: KeyKind, signature?: SignatureName) => () =>
  tell(issuerOf(kind), signature === undefined ? {} : { signature });
const delegate =
  (more: Partial<CertificateOptions>, ca = issuer, signature?: SignatureName) =>
  () =>
    tell(ca, { signer: delegateOf(ca, more), ...(signature === undefined ? {} : { signature }) });

const rows: readonly Row[] = [
  [
    'the issuer signs by SHA-224',
    signedBy('rsa-2048', 'rsa-sha224'),
    'signature-algorithm-refused',
    'policy',
    /sha224 is not on the list/,
    ALGORITHM,
  ],
  [
    'the issuer signs by MD5',
    signedBy('rsa-2048', 'rsa-md5'),
    'signature-algorithm-refused',
    'policy',
    /MD5/,
    ALGORITHM,
  ],
  [
    'the issuer signs by SHA-224 and PSS',
    signedBy('rsa-2048', 'pss-sha224'),
    'signature-algorithm-refused',
    'policy',
    /rsa-pss with sha224/,
    ALGORITHM,
  ],
  [
    'the issuer has RSA 1024',
    signedBy('rsa-1024'),
    'signature-key-weak',
    'policy',
    /RSA key of 1024 bits/,
    KEY,
  ],
  [
    'the issuer is on secp256k1',
    signedBy('secp256k1'),
    'signature-key-weak',
    'policy',
    /curve secp256k1 is not P-256/,
    KEY,
  ],
  [
    'the issuer is on a Brainpool curve',
    signedBy('brainpool-p-256'),
    'signature-key-weak',
    'policy',
    /curve brainpoolP256r1 is not P-256/,
    KEY,
  ],
  [
    'a delegate signs by SHA-224',
    delegate({}, issuer, 'ecdsa-sha224'),
    'signature-algorithm-refused',
    'policy',
    /ecdsa with sha224/,
    ALGORITHM,
  ],
  [
    'a delegate has RSA 1024',
    delegate({ key: makeKey('rsa-1024', 'reasons') }),
    'signature-key-weak',
    'policy',
    /RSA key of 1024 bits/,
    KEY,
  ],
  [
    'a delegate is on secp256k1',
    delegate({ key: makeKey('secp256k1', 'reasons') }),
    'signature-key-weak',
    'policy',
    /secp256k1/,
    KEY,
  ],
  [
    'a delegate is on a Brainpool curve',
    delegate({ key: makeKey('brainpool-p-256', 'reasons') }),
    'signature-key-weak',
    'policy',
    /brainpoolP256r1/,
    KEY,
  ],
  [
    'a delegate was certified by SHA-224',
    delegate({ signature: 'rsa-sha224' }),
    'signer-not-authorized',
    'policy',
    /has a signature by "Issuer" that is not accepted: .*sha224/,
    ALGORITHM,
  ],
  [
    'a delegate was certified by MD5',
    delegate({ signature: 'rsa-md5' }),
    'signer-not-authorized',
    'policy',
    /not accepted: MD5/,
    ALGORITHM,
  ],
  [
    'a delegate was certified by an issuer of RSA 1024',
    delegate({}, issuerOf('rsa-1024')),
    'signer-not-authorized',
    'policy',
    /not accepted: RSA key of 1024 bits/,
    KEY,
  ],
  [
    'a delegate was certified by an issuer on secp256k1',
    delegate({}, issuerOf('secp256k1')),
    'signer-not-authorized',
    'policy',
    /not accepted: curve secp256k1/,
    KEY,
  ],
  [
    'a delegate was certified by an issuer on a Brainpool curve',
    delegate({}, issuerOf('brainpool-p-256')),
    'signer-not-authorized',
    'policy',
    /not accepted: curve brainpoolP256r1/,
    KEY,
  ],
  [
    'a delegate was certified by SHA-1',
    delegate({ signature: 'rsa-sha1' }),
    'signature-sha1',
    'policy',
    /signed by rsa-pkcs1 with sha1/,
  ],
  [
    'a delegate was certified by another key',
    () =>
      tell(issuer, {
        signer: delegateOf(
          { ...issuer, key: makeKey('rsa-2048', 'reasons-other') },
          { withoutExtensions: ['2.5.29.35'] },
        ),
      }),
    'signer-not-authorized',
    'evidence',
    /was not issued by "Issuer": .* does not fit/,
    /only the issuer, a delegate/,
  ],
  [
    'a delegate is named, but not sent along',
    () => tell(issuer, { signer: delegateOf(issuer), embed: [], responderId: 'byName' }),
    'signer-not-found',
    'evidence',
    /^the certificate of the signer, "Signer", was not sent along$/,
    /must send its certificate .* in a private PKI, trusted_responders may name it/,
  ],
  [
    'a delegate is named by its key, but not sent along',
    () => tell(issuer, { signer: delegateOf(issuer), embed: [] }),
    'signer-not-found',
    'evidence',
    /^the certificate of the signer, with the key hash [0-9a-f]{40}, was not sent along$/,
  ],
  [
    'a delegate lacks the usage OCSPSigning',
    delegate({ extendedKeyUsage: ['serverAuth'] }),
    'signer-without-ocsp-signing',
    'evidence',
    /"Signer" .*OCSPSigning/,
    /issue its certificate with extendedKeyUsage=OCSPSigning; in a private PKI, trusted_responders may name it/,
  ],
  [
    'the issuer has expired',
    () => tell(issuerOf('rsa-2048', { notAfter: now - HOUR })),
    'issuer-expired',
    'evidence',
    /^the issuer expired at /,
    /give the renewed certificate of the issuer as `chain`, or get a certificate from an issuer that is valid/,
  ],
  [
    'a delegate writes cA TRUE as 1',
    delegate({ extraExtensions: [extension('2.5.29.19', seq(tlv(1, Uint8Array.of(1))))] }),
    'signer-not-authorized',
    'evidence',
    /has an extension basicConstraints that cannot be read: it has a BOOLEAN that is not DER/,
  ],
  [
    'the key usage of a delegate is not a BIT STRING',
    delegate({ extraExtensions: [extension('2.5.29.15', boolean(true))] }),
    'signer-not-authorized',
    'evidence',
    /has an extension keyUsage that cannot be read/,
  ],
  [
    'the key usage of a delegate is for another purpose',
    delegate({ keyUsage: ['keyEncipherment'] }),
    'signer-key-usage',
    'evidence',
    /neither digitalSignature nor nonRepudiation/,
    /clients refuse the certificate of this responder/,
  ],
  [
    'an answer by SHA-384 stands beside ours',
    () => tell(issuer, {}, [{}, { hash: 'sha384' }]),
    'signer-not-authorized',
    'evidence',
    /CertID is hashed by sha384/,
  ],
  [
    'an answer by an unknown hash stands beside ours',
    () => tell(issuer, {}, [{}, { certId: hashedBy('1.3.6.1.4.1.55555.7') }]),
    'signer-not-authorized',
    'evidence',
    /hashed by the unknown hash 1\.3\.6\.1\.4\.1\.55555\.7/,
  ],
  [
    'an answer about another issuer stands beside ours',
    () => tell(issuer, {}, [{}, { issuer: root }]),
    'signer-not-authorized',
    'evidence',
    /certificates of other issuers/,
  ],
  [
    'the only answer is by SHA-384',
    () => tell(issuer, {}, [{ hash: 'sha384' }]),
    'certid-hash-mismatch',
    'evidence',
    /another hash than SHA-1 and SHA-256: sha384/,
  ],
  [
    'the only answer is by SHA-1 with parameters',
    () => tell(issuer, {}, [{ certId: hashedBy('1.3.14.3.2.26', boolean(true)) }]),
    'certid-hash-mismatch',
    'evidence',
    /sha1 with parameters that do not belong there/,
  ],
  [
    'another nonce came back',
    () => tell(issuer, { nonce: Buffer.alloc(32, 2) }),
    'nonce-mismatch',
    'evidence',
    /is not the one that was sent/,
  ],
  [
    'the nonce is not an OCTET STRING',
    () => tell(issuer, { extensions: [extension(OID_NONCE, int(7))] }),
    'nonce-mismatch',
    'evidence',
    /the nonce cannot be read: it has tag 0x02/,
  ],
  [
    'the issuer is not a CA',
    () => tell(issuerOf('rsa-2048', { ca: false })),
    'issuer-not-ca',
    'evidence',
    /the issuer "Issuer" is not a CA/,
    /look whether `chain` is right/,
  ],
  [
    'the issuer signed no certificates by its key usage',
    () => tell(issuerOf('rsa-2048', { keyUsage: ['digitalSignature'] })),
    'issuer-key-usage',
    'evidence',
    /key usage without keyCertSign/,
  ],
];

/** The usual CertID, its hash named otherwise. */
function hashedBy(id: string, ...parameters: Uint8Array[]): Uint8Array {
  const [, name, key, serial] = childrenOf(makeCertId(issuer, Uint8Array.of(0x77))) as Uint8Array[];
  return seq(seq(oid(id), ...parameters), ...[name, key, serial].map((field) => field ?? concat()));
}

describe('the reason that is told is the true one', () => {
  test.for(rows)('%s', ([, told, code, kind, words, remedy = /./]) => {
    const { words: said, remedy: advice, ...rest } = told();
    expect(rest).toEqual({ code, class: kind });
    expect(said).toMatch(words);
    expect(advice).toMatch(remedy);
  });

  test('nothing is told of what is good', () => {
    expect(tell(issuer).code).toBeUndefined();
    expect(tell(issuer, { signer: delegateOf(issuer) }).code).toBeUndefined();
  });

  test('a hash is called by its name', () => {
    const algorithm = (id: string, ...parameters: Uint8Array[]) => seq(oid(id), ...parameters);
    expect(describeHashAlgorithm(algorithm('2.16.840.1.101.3.4.2.2'))).toBe('sha384');
    expect(describeHashAlgorithm(algorithm('1.2.3'))).toBe('the unknown hash 1.2.3');
    expect(describeHashAlgorithm(algorithm('1.3.14.3.2.26', octets(bits(concat()))))).toMatch(/^sha1 with/);
  });
});
