import { OcspbotError } from '../util/errors.js';
import { equalBytes } from '../util/bytes.js';
import type { Instant } from '../util/time.js';
import { isCa, mayIssue } from './ca.js';
import type { Certificate } from './certificate.js';
import { contextTag, DerError, elements, readOnly, sequence, TAG } from './der.js';
import { commonName } from './name.js';
import { classOfRefusal, deniesSigner, verifyIssuedBy } from './signature.js';

/**
 * The server's certificate among all those of a file. Servers take the first one, whatever follows. Where the first
 * one is a CA's, because the file is in another order, it is the first of no CA.
 */
export function findLeaf(certificates: readonly Certificate[]): Certificate {
  const isIssuer = (one: Certificate) => certificates.some((other) => names(other, one));
  const leaf =
    certificates.find((one) => !isCa(one) && !isIssuer(one)) ??
    certificates.find((one) => !isIssuer(one)) ??
    certificates[0];
  if (leaf === undefined) throw new TypeError('no certificate to choose from');
  return leaf;
}

/** Whether `one` names `other` as its issuer, and is not self-issued. */
function names(one: Certificate, other: Certificate): boolean {
  return equalBytes(one.issuer, other.subject) && !equalBytes(one.subject, other.subject);
}

/**
 * Finds the issuer by its name **and** its signature (RFC 5280 §6.1.3), wherever it stands. Of several certificates
 * of one key, cross-signed or renewed, it is the one that clients take best: a CA's, the one that the certificate names,
 * valid at `now`, and then the one that is valid longest.
 */
export function findIssuer(
  certificate: Certificate,
  candidates: readonly Certificate[],
  where: string,
  now?: Instant,
): Certificate {
  const named = candidates.filter(({ subject }) => equalBytes(subject, certificate.issuer));
  const issuer = named
    .map((candidate) => ({ candidate, faults: faultsOf(candidate, certificate, now) }))
    .toSorted((one, other) => one.faults - other.faults || other.candidate.notAfter - one.candidate.notAfter)
    .find(({ candidate }) => signed(candidate, certificate))?.candidate;
  if (issuer !== undefined && !equalBytes(issuer.der, certificate.der)) return issuer;
  throw issuerMissing(certificate, named, candidates, where);
}

/** Weighs what is wrong with a candidate: the first of these outweighs those after it. */
function faultsOf(candidate: Certificate, certificate: Certificate, now: Instant | undefined): number {
  const isOther = identifiesOther(certificate, candidate);
  const isOutOfForce = now !== undefined && !isInForce(candidate, now);
  return (mayIssue(candidate) ? 0 : 4) + (isOther ? 2 : 0) + (isOutOfForce ? 1 : 0);
}

function identifiesOther(certificate: Certificate, candidate: Certificate): boolean {
  try {
    return namesOtherIssuer(certificate, candidate);
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

/** Says what stands in the issuer's place. */
function issuerMissing(
  certificate: Certificate,
  named: readonly Certificate[],
  candidates: readonly Certificate[],
  where: string,
): OcspbotError {
  const name = commonName(certificate.issuer);
  if (equalBytes(certificate.subject, certificate.issuer)) {
    return new OcspbotError('issuer-not-found', `the certificate ${name} in ${where} is self-signed`, {
      hint: 'nobody publishes revocation for a self-signed certificate: take it out of the configuration',
    });
  }
  const misnamed = candidates.find((candidate) => signed(candidate, certificate));
  if (misnamed !== undefined) {
    const problem = `the key of ${commonName(misnamed.subject)} signed this one, but its issuer ${name} has a name of other octets`;
    return new OcspbotError('issuer-not-found', `${where}: ${problem}`, {
      hint: 'the CA must write its name alike in both certificates, down to the string type (RFC 5280 §4.1.2.6)',
    });
  }
  return notSigned(certificate, named, where);
}

const ACCEPTED =
  'accepted are RSA from 2048 bits, ECDSA on P-256, P-384 and P-521, and EdDSA, with SHA-256, SHA-384 or SHA-512: the CA must use one of them';
const SUPPLY = "put the issuer's certificate into `chain`, or use the fullchain as `cert`";

/** Tells a key that did not sign from a key or an algorithm that is not accepted, so that nobody can say who signed. */
function notSigned(certificate: Certificate, named: readonly Certificate[], where: string): OcspbotError {
  const name = commonName(certificate.issuer);
  const refusals = named
    .map((candidate) => verifyIssuedBy(certificate, candidate))
    .filter((verdict) => verdict.kind === 'refused');
  const unjudged = refusals.find(({ code }) => !deniesSigner(code));
  if (unjudged !== undefined) {
    const problem = `the signature of its issuer ${name} is not accepted: ${unjudged.problem}`;
    const details = { hint: ACCEPTED, class: classOfRefusal(unjudged.code) };
    return new OcspbotError('issuer-not-found', `${where}: ${problem}`, details);
  }
  const [refusal] = refusals;
  const problem =
    refusal === undefined
      ? `the certificate of its issuer ${name} is not there`
      : `a certificate named ${name} is there, but its key did not sign this one: ${refusal.problem}`;
  return new OcspbotError('issuer-not-found', `${where}: ${problem}`, { hint: SUPPLY });
}

/** SHA-1 is let pass: these files are the administrator's own, and the signature only says what belongs together. */
function signed(issuer: Certificate, certificate: Certificate): boolean {
  return verifyIssuedBy(certificate, issuer).kind !== 'refused';
}

/** Tells whether two certificates have one name and key: renewed and cross-signed ones do. */
export function isDuplicate(one: Certificate, other: Certificate): boolean {
  return (
    equalBytes(one.subject, other.subject) && equalBytes(one.subjectPublicKeyInfo, other.subjectPublicKeyInfo)
  );
}

/** RFC 5280 §6.1.3 (a)(2): both ends count as inside. */
export function isInForce({ notBefore, notAfter }: Certificate, now: Instant): boolean {
  return now >= notBefore && now <= notAfter;
}

/** AuthorityKeyIdentifier (RFC 5280 §4.2.1.1), as far as it is written. */
interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | undefined;
  /** The issuer's issuer, as DER, and the issuer's serial number. */
  readonly issuer: Uint8Array | undefined;
  readonly serialNumber: Uint8Array | undefined;
}

/**
 * Whether the certificate names another issuer's certificate as that of its own issuer, by what is written in both.
 * OpenSSL and GnuTLS then find no issuer for it; GnuTLS compares only the identifiers of keys. Throws DerError.
 */
export function namesOtherIssuer(certificate: Certificate, issuer: Certificate): boolean {
  const { keyIdentifier, issuer: name, serialNumber } = authorityKeyIdentifier(certificate);
  const own = subjectKeyIdentifier(issuer);
  const pairs = [
    [keyIdentifier, own],
    [name, issuer.issuer],
    [serialNumber, issuer.serialNumber],
  ];
  return pairs.some(([one, other]) => one !== undefined && other !== undefined && !equalBytes(one, other));
}

function subjectKeyIdentifier({ extensions }: Certificate): Uint8Array | undefined {
  const extension = extensions.get('2.5.29.14');
  return extension && readOnly(extension.value, TAG.octetString, 'SubjectKeyIdentifier').content;
}

function authorityKeyIdentifier({ extensions }: Certificate): Partial<AuthorityKeyIdentifier> {
  const extension = extensions.get('2.5.29.35');
  if (extension === undefined) return {};
  const fields = sequence(extension.value, 'AuthorityKeyIdentifier');
  const keyIdentifier = fields.optional(contextTag(0, 'primitive'))?.content;
  const names = fields.optional(contextTag(1));
  const serialNumber = fields.optional(contextTag(2, 'primitive'))?.content;
  fields.end();
  const name = names && elements(names).find(({ tag }) => tag === contextTag(4));
  return { keyIdentifier, issuer: name?.content, serialNumber };
}
