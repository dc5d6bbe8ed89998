import { sameOctets } from '../asn1/octets.js';
import { OcspbotError } from '../errors.js';
import type { Certificate } from './certificate.js';
import { commonName } from './name.js';
import { verifyIssuedBy } from './public-key.js';
import { isCa, mayIssue } from './usage.js';

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
  return sameOctets(one.issuer, other.subject) && !sameOctets(one.subject, other.subject);
}

/**
 * Finds the issuer by its name **and** its signature (RFC 5280 §6.1.3), wherever it stands. Of several certificates
 * of one key, cross-signed or renewed, it is the one that is valid longest.
 */
export function findIssuer(
  certificate: Certificate,
  candidates: readonly Certificate[],
  where: string,
): Certificate {
  const named = candidates.filter(({ subject }) => sameOctets(subject, certificate.issuer));
  const issuer = named
    .toSorted((one, other) => other.notAfter - one.notAfter)
    .find((candidate) => signed(candidate, certificate));
  if (issuer !== undefined && !sameOctets(issuer.der, certificate.der)) return issuer;
  throw issuerMissing(certificate, named, candidates, where);
}

/** Says what stands in the issuer's place. */
function issuerMissing(
  certificate: Certificate,
  named: readonly Certificate[],
  candidates: readonly Certificate[],
  where: string,
): OcspbotError {
  const name = commonName(certificate.issuer);
  if (sameOctets(certificate.subject, certificate.issuer)) {
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
  const problem =
    named.length > 0
      ? `a certificate named ${name} is there, but its key did not sign this one`
      : `the certificate of its issuer ${name} is not there`;
  return new OcspbotError('issuer-not-found', `${where}: ${problem}`, {
    hint: "put the issuer's certificate into `chain`, or use the fullchain as `cert`",
  });
}

/** Refuses an issuer from which no path of signatures leads to one of the trust anchors. */
export function assertTrusted(
  issuer: Certificate,
  between: readonly Certificate[],
  anchors: readonly Certificate[],
  where: string,
): void {
  if (!leadsTo(issuer, between, anchors)) {
    throw new OcspbotError(
      'issuer-not-trusted',
      `the issuer ${commonName(issuer.subject)} does not chain to ${where}`,
      {
        hint: 'give the root chain of this issuer, or leave `rootchain` out to trust the issuer as given',
      },
    );
  }
}

/** Upwards from the issuer, and from other certificates of its name and key, whichever way they were signed. */
function leadsTo(
  issuer: Certificate,
  between: readonly Certificate[],
  anchors: readonly Certificate[],
): boolean {
  const reached = new Set([issuer, ...between.filter((other) => isTwin(issuer, other))]);
  for (const one of reached) {
    if (anchors.some(({ der }) => sameOctets(der, one.der))) return true;
    if (!mayIssue(one)) continue;
    if (anchors.some((anchor) => issued(anchor, one))) return true;
    for (const other of between) if (!reached.has(other) && issued(other, one)) reached.add(other);
  }
  return false;
}

function isTwin(one: Certificate, other: Certificate): boolean {
  return (
    sameOctets(one.subject, other.subject) && sameOctets(one.subjectPublicKeyInfo, other.subjectPublicKeyInfo)
  );
}

function issued(issuer: Certificate, one: Certificate): boolean {
  return sameOctets(issuer.subject, one.issuer) && !sameOctets(issuer.der, one.der) && signed(issuer, one);
}

/** SHA-1 is let pass: these files are the administrator's own, and the signature only says what belongs together. */
function signed(issuer: Certificate, certificate: Certificate): boolean {
  return verifyIssuedBy(certificate, issuer).kind !== 'refused';
}
