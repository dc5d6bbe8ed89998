import { OcspbotError } from '../util/errors.js';
import { equalBytes } from '../util/bytes.js';
import { firstOf } from '../util/text.js';
import type { Instant } from '../util/time.js';
import { isCa, mayIssue } from './ca.js';
import { type Certificate, isSelfIssued } from './certificate.js';
import { contextTag, elements, readOnly, readOr, sequence, TAG } from './der.js';
import { commonName } from './name.js';
import { EXTENSION } from './extensions.js';
import { classOfRefusal, deniesSigner, verifyIssuedBy } from './signature.js';

/**
 * Finds the server's certificate among those of a file. Servers take the first one, whatever follows. If the first one
 * is a CA's, because the file is in another order, the first that is not a CA's is taken.
 */
export function findLeaf(certificates: readonly Certificate[]): Certificate {
  const isIssuer = (one: Certificate) => certificates.some((other) => namesAsIssuer(other, one));
  const leaf =
    certificates.find((one) => !isCa(one) && !isIssuer(one)) ??
    certificates.find((one) => !isIssuer(one)) ??
    certificates[0];
  if (leaf === undefined) throw new TypeError('no certificate to choose from');
  return leaf;
}

/** Reports whether `one` names `other` as its issuer and is not self-issued. */
function namesAsIssuer(one: Certificate, other: Certificate): boolean {
  return equalBytes(one.issuer, other.subject) && !equalBytes(one.subject, other.subject);
}

/**
 * Finds the issuer by its name **and** its signature (RFC 5280 §6.1.3), at any position. If several certificates have
 * the issuer's key, because they are cross-signed or renewed, clients prefer in this order: a CA's, the one that the
 * authorityKeyIdentifier names, one that is valid at `now`, the one that is valid longest.
 */
export function issuerAmong(
  certificate: Certificate,
  candidates: readonly Certificate[],
  now?: Instant,
): Certificate | undefined {
  const issuer = namedAsIssuer(certificate, candidates)
    .map((candidate) => ({ candidate, faults: faultsOf(candidate, certificate, now) }))
    .toSorted((one, other) => one.faults - other.faults || other.candidate.notAfter - one.candidate.notAfter)
    .find(({ candidate }) => didSign(candidate, certificate))?.candidate;
  return issuer === undefined || equalBytes(issuer.der, certificate.der) ? undefined : issuer;
}

/** Returns the issuer among the candidates. Throws an OcspbotError if there is none. */
export function findIssuer(
  certificate: Certificate,
  candidates: readonly Certificate[],
  where: string,
  now?: Instant,
): Certificate {
  const issuer = issuerAmong(certificate, candidates, now);
  if (issuer === undefined) throw issuerMissing(certificate, candidates, where);
  return issuer;
}

function namedAsIssuer({ issuer }: Certificate, candidates: readonly Certificate[]): readonly Certificate[] {
  return candidates.filter(({ subject }) => equalBytes(subject, issuer));
}

/** Weighs the faults of a candidate: each fault outweighs those after it. */
function faultsOf(candidate: Certificate, certificate: Certificate, now: Instant | undefined): number {
  const isOther = identifiesOther(certificate, candidate);
  const isOutOfForce = now !== undefined && !isInForce(candidate, now);
  return (mayIssue(candidate) ? 0 : 4) + (isOther ? 2 : 0) + (isOutOfForce ? 1 : 0);
}

/** Reports whether the authorityKeyIdentifier of the certificate rules the candidate out; false if it cannot be read. */
export function identifiesOther(certificate: Certificate, candidate: Certificate): boolean {
  return readOr(() => namesOtherIssuer(certificate, candidate), false);
}

/** Makes the error for a missing issuer, which says what is there in its place. */
function issuerMissing(
  certificate: Certificate,
  candidates: readonly Certificate[],
  where: string,
): OcspbotError {
  const name = commonName(certificate.issuer);
  if (isSelfIssued(certificate)) {
    return new OcspbotError('issuer-not-found', `the certificate ${name} in ${where} is self-signed`, {
      hint: 'nobody publishes revocation for a self-signed certificate: take it out of the configuration',
    });
  }
  const misnamed = candidates.find((candidate) => didSign(candidate, certificate));
  if (misnamed !== undefined) {
    const problem = `the key of ${commonName(misnamed.subject)} signed this one, but its issuer ${name} has a name of other octets`;
    return new OcspbotError('issuer-not-found', `${where}: ${problem}`, {
      hint: 'the CA must write its name alike in both certificates, down to the string type (RFC 5280 §4.1.2.6)',
    });
  }
  return notSigned(certificate, candidates, where) ?? notGiven(certificate, candidates, where);
}

const ACCEPTED =
  'accepted are RSA from 2048 bits, ECDSA on P-256, P-384 and P-521, and EdDSA, with SHA-256, SHA-384 or SHA-512: the CA must use one of them';

const SUPPLY = "give the issuer's certificate as `chain`, or the fullchain as `cert`";

/**
 * Distinguishes a key that did not sign from a signature that cannot be verified, because its key or algorithm is not
 * accepted. Returns undefined if no candidate has the name.
 */
function notSigned(
  certificate: Certificate,
  candidates: readonly Certificate[],
  where: string,
): OcspbotError | undefined {
  const name = commonName(certificate.issuer);
  const refusals = namedAsIssuer(certificate, candidates)
    .map((candidate) => verifyIssuedBy(certificate, candidate))
    .filter((verdict) => verdict.kind === 'refused');
  const unjudged = refusals.find(({ code }) => !deniesSigner(code));
  if (unjudged !== undefined) {
    const problem = `the signature of its issuer ${name} is not accepted: ${unjudged.problem}`;
    const details = { hint: ACCEPTED, class: classOfRefusal(unjudged.code) };
    return new OcspbotError('issuer-not-found', `${where}: ${problem}`, details);
  }
  const [refusal] = refusals;
  if (refusal === undefined) return undefined;
  const problem = `a certificate named ${name} is there, but its key did not sign this one: ${refusal.problem}`;
  return new OcspbotError('issuer-not-found', `${where}: ${problem}`, { hint: SUPPLY });
}

const NAMES_SHOWN = 3;

/** Makes the error for a name that no candidate has. The names that were found show whether it is the wrong file. */
function notGiven(certificate: Certificate, candidates: readonly Certificate[], where: string): OcspbotError {
  const others = candidates.filter(({ der }) => !equalBytes(der, certificate.der));
  const names = [...new Set(others.map(({ subject }) => commonName(subject)))];
  const found = names.length === 0 ? '' : ` (found: ${firstOf(names, NAMES_SHOWN)})`;
  const problem = `no certificate of the issuer ${commonName(certificate.issuer)} in ${where}${found}`;
  return new OcspbotError('issuer-not-found', problem, { hint: SUPPLY });
}

/**
 * Reports whether the issuer's key signed the certificate. SHA-1 is accepted, because the files are the administrator's
 * own.
 */
function didSign(issuer: Certificate, certificate: Certificate): boolean {
  return verifyIssuedBy(certificate, issuer).kind !== 'refused';
}

/** Reports whether two certificates have the same name and key, as renewed and cross-signed ones have. */
export function isDuplicate(one: Certificate, other: Certificate): boolean {
  return (
    equalBytes(one.subject, other.subject) && equalBytes(one.subjectPublicKeyInfo, other.subjectPublicKeyInfo)
  );
}

/** Reports whether the certificate is valid at a time. Both ends are included (RFC 5280 §6.1.3 (a)(2)). */
export function isInForce({ notBefore, notAfter }: Certificate, now: Instant): boolean {
  return now >= notBefore && now <= notAfter;
}

/** The fields of AuthorityKeyIdentifier (RFC 5280 §4.2.1.1) that are present. */
interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | undefined;
  /** The name of the issuer's issuer, as DER, and the issuer's serial number. */
  readonly issuer: Uint8Array | undefined;
  readonly serialNumber: Uint8Array | undefined;
}

/**
 * Reports whether the authorityKeyIdentifier of the certificate names another certificate than that of the issuer. Only
 * fields that both have are compared. OpenSSL and GnuTLS then find no issuer; GnuTLS compares only the key identifiers.
 * Throws DerError.
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
  const extension = extensions.get(EXTENSION.subjectKeyIdentifier);
  const what = 'SubjectKeyIdentifier in the certificate of its issuer';
  return extension && readOnly(extension.value, TAG.octetString, what).content;
}

function authorityKeyIdentifier({ extensions }: Certificate): Partial<AuthorityKeyIdentifier> {
  const extension = extensions.get(EXTENSION.authorityKeyIdentifier);
  if (extension === undefined) return {};
  const fields = sequence(extension.value, 'AuthorityKeyIdentifier');
  const keyIdentifier = fields.optional(contextTag(0, 'primitive'))?.content;
  const names = fields.optional(contextTag(1));
  const serialNumber = fields.optional(contextTag(2, 'primitive'))?.content;
  fields.end();
  const name = names && elements(names).find(({ tag }) => tag === contextTag(4));
  return { keyIdentifier, issuer: name?.content, serialNumber };
}
