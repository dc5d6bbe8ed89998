import { randomBytes } from 'node:crypto';
import {
  bits,
  certificateTime,
  concat,
  explicit,
  int,
  integerOctets,
  oid,
  seq,
  set,
  utf8,
  type Octets,
} from './der.js';
import * as extensions from './extensions.js';
import { makeKey, type Key } from './keys.js';
import { sign, signatureAlgorithm, usualSignature, type SignatureName } from './signing.js';

/** A certificate of our own CA, together with its private key. */
export interface TestCertificate {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly key: Key;
  /** The subject as a DER Name. */
  readonly name: Uint8Array;
  /** Content octets of the serial number. */
  readonly serial: Uint8Array;
  /** Serial in upper-case hex, as `openssl x509 -serial` writes it. */
  readonly serialHex: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Undefined for a self-signed certificate. */
  readonly issuer: TestCertificate | undefined;
}

export interface CertificateOptions {
  /** A common name, or RDNs such as `[['O', 'Test'], ['CN', 'a']]`, or a DER Name. */
  readonly subject: string | readonly (readonly [keyof typeof ATTRIBUTES, string])[] | Uint8Array;
  /** The issuer; by default the certificate is self-signed. */
  readonly issuer?: TestCertificate | undefined;
  /** The key; by default a new P-256 key. */
  readonly key?: Key | undefined;
  /** A number, or content octets; by default 16 random bytes. */
  readonly serial?: number | bigint | Uint8Array | undefined;
  readonly notBefore?: number | undefined;
  readonly notAfter?: number | undefined;
  readonly ca?: boolean | undefined;
  /** The number of CA certificates that may follow this one; no limit by default. */
  readonly pathLength?: number | undefined;
  /** The version; by default 3. 1 is left out, as DER requires. Bytes are the whole `[0]` element. */
  readonly version?: number | Uint8Array | undefined;
  /** Stand before the extensions: unique identifiers. */
  readonly identifiers?: readonly Uint8Array[] | undefined;
  readonly ocspUrls?: readonly string[] | undefined;
  readonly caIssuers?: readonly string[] | undefined;
  /** An empty list leaves the extension out. By default the usual ones of a CA or a server. */
  readonly keyUsage?: readonly extensions.KeyUsage[] | undefined;
  /** As `keyUsage`. */
  readonly extendedKeyUsage?: readonly extensions.ExtendedKeyUsage[] | undefined;
  readonly ocspNoCheck?: boolean | undefined;
  readonly mustStaple?: boolean | undefined;
  readonly noRevAvail?: boolean | undefined;
  /** The signature algorithm of the issuer; by default the usual one for its key. */
  readonly signature?: SignatureName | undefined;
  /** Encoded Extensions, see `extension()`. Each replaces the usual extension of the same kind. */
  readonly extraExtensions?: readonly Uint8Array[] | undefined;
  /** OIDs of usual extensions that are left out. */
  readonly withoutExtensions?: readonly string[] | undefined;
  /** Subject alternative names; by default the common name of a server certificate. */
  readonly subjectAltNames?: readonly string[] | undefined;
}

const ATTRIBUTES = { CN: '2.5.4.3', O: '2.5.4.10', OU: '2.5.4.11', C: '2.5.4.6' } as const;

/** Validity of a certificate for which none is given: long enough for the real clock and for fixed ones. */
export const NOT_BEFORE = Date.UTC(2025, 0, 1);
export const NOT_AFTER = Date.UTC(2045, 0, 1);

/** A certificate of version 3, if nothing else is asked for, really signed by its issuer's key. */
export function makeCertificate(options: CertificateOptions): TestCertificate {
  const key = options.key ?? makeKey('p-256');
  const facts = {
    key,
    name: nameOf(options.subject),
    serial: serialOf(options.serial),
    notBefore: options.notBefore ?? NOT_BEFORE,
    notAfter: options.notAfter ?? NOT_AFTER,
    issuer: options.issuer,
  };
  const der = signedCertificate(options, facts);
  return { ...facts, der, pem: toPem('CERTIFICATE', der), serialHex: toHex(facts.serial) };
}

export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

type Facts = Pick<TestCertificate, 'key' | 'name' | 'serial' | 'notBefore' | 'notAfter' | 'issuer'>;

function signedCertificate(options: CertificateOptions, facts: Facts): Octets {
  const signer = facts.issuer?.key ?? facts.key;
  const algorithm = options.signature ?? usualSignature(signer.kind);
  const tbs = seq(
    versionOctets(options.version),
    int(facts.serial),
    signatureAlgorithm(algorithm),
    facts.issuer?.name ?? facts.name,
    seq(certificateTime(facts.notBefore), certificateTime(facts.notAfter)),
    facts.name,
    facts.key.spki,
    ...(options.identifiers ?? []),
    ...extensions.extensionBlock(3, chosenExtensions(options, facts)),
  );
  return seq(tbs, signatureAlgorithm(algorithm), bits(sign(algorithm, signer, tbs)));
}

function versionOctets(version: number | Uint8Array = 3): Octets {
  if (version instanceof Uint8Array) return version;
  return version === 1 ? concat() : explicit(0, int(version - 1));
}

function chosenExtensions(options: CertificateOptions, facts: Facts): Octets[] {
  const { extraExtensions: extra = [], withoutExtensions: without = [] } = options;
  const left = new Set([
    ...extra.map(extensions.idOf),
    ...without.map((id) => extensions.idOf(seq(oid(id)))),
  ]);
  return [...extensionsOf(options, facts).filter((one) => !left.has(extensions.idOf(one))), ...extra];
}

function extensionsOf(options: CertificateOptions, facts: Facts): Octets[] {
  const ca = options.ca ?? false;
  const usage =
    options.keyUsage ?? (ca ? ['keyCertSign', 'cRLSign', 'digitalSignature'] : ['digitalSignature']);
  const extendedUsage = options.extendedKeyUsage ?? (ca ? [] : ['serverAuth']);
  const names =
    options.subjectAltNames ?? (extendedUsage.includes('serverAuth') ? hostNames(options.subject) : []);
  const { ocspUrls = [], caIssuers = [] } = options;
  return [
    extensions.basicConstraints(ca, options.pathLength),
    extensions.subjectKeyIdentifier(facts.key.spki),
    ...(facts.issuer ? [extensions.authorityKeyIdentifier(facts.issuer.key.spki)] : []),
    ...(usage.length > 0 ? [extensions.keyUsage(usage)] : []),
    ...(extendedUsage.length > 0 ? [extensions.extendedKeyUsage(extendedUsage)] : []),
    ...(names.length > 0 ? [extensions.subjectAltNames(names)] : []),
    ...(ocspUrls.length + caIssuers.length > 0 ? [extensions.authorityInformation(ocspUrls, caIssuers)] : []),
    ...(options.ocspNoCheck ? [extensions.noCheck()] : []),
    ...(options.mustStaple ? [extensions.mustStaple()] : []),
    ...(options.noRevAvail ? [extensions.noRevocationAvailable()] : []),
  ];
}

function hostNames(subject: CertificateOptions['subject']): string[] {
  return typeof subject === 'string' && /^[\w.*-]+$/.test(subject) ? [subject] : [];
}

function nameOf(subject: CertificateOptions['subject']): Octets {
  if (subject instanceof Uint8Array) return subject;
  const attributes = typeof subject === 'string' ? ([['CN', subject]] as const) : subject;
  return seq(...attributes.map(([type, value]) => set(seq(oid(ATTRIBUTES[type]), utf8(value)))));
}

function serialOf(serial: CertificateOptions['serial']): Octets {
  if (serial instanceof Uint8Array) return serial;
  if (serial !== undefined) return integerOctets(BigInt(serial));
  return Uint8Array.of(0x4f, ...randomBytes(15));
}

function toHex(octets: Octets): string {
  return BigInt(`0x${Buffer.from(octets).toString('hex')}`)
    .toString(16)
    .toUpperCase()
    .replace(/^(.(..)*)$/, '0$1');
}
