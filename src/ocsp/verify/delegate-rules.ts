import type { VerificationCode } from '../../util/errors.js';
import { equalBytes } from '../../util/bytes.js';
import { isCa, versionFault } from '../../x509/ca.js';
import type { Certificate } from '../../x509/certificate.js';
import { namesOtherIssuer } from '../../x509/chain.js';
import { unknownCriticalExtension } from '../../x509/critical-extensions.js';
import {
  assertReadableExtensions,
  hasKeyUsage,
  lacksTlsFeatures,
  mayOcspSign,
} from '../../x509/extensions.js';
import { nameConstraintFault } from '../../x509/name-constraints.js';
import { commonName, describeUnlike } from '../../x509/name.js';
import type { Question } from './question.js';

/** A rule for the certificate of a delegated responder. Its signature and its validity are checked elsewhere. */
export interface DelegateRule {
  readonly code: VerificationCode;
  /** The section of the standard that has the rule. */
  readonly section: string;
  /** Returns a fault as the end of a sentence whose subject is the certificate; undefined if none. Throws DerError. */
  judge(certificate: Certificate, question: Pick<Question, 'issuer' | 'path'>): string | undefined;
}

/**
 * The rules of OpenSSL, mozilla::pkix, GnuTLS and Go together. A comment on each rule names the clients that have it.
 */
export const DELEGATE_RULES: readonly DelegateRule[] = [
  {
    // OpenSSL, mozilla::pkix and GnuTLS.
    code: 'signer-not-authorized',
    section: 'RFC 6960 §4.2.2.2',
    judge: ({ issuer: name }, { issuer }) =>
      equalBytes(name, issuer.subject)
        ? undefined
        : `was not issued by ${commonName(issuer.subject)}: the name of its issuer ${describeUnlike(name, issuer.subject)}`,
  },
  {
    // Go parses no other version. GnuTLS refuses extensions in a certificate of version 1 or 2, and Go ignores them.
    code: 'signer-version',
    section: 'RFC 5280 §4.1.2.1, §4.1.2.9',
    judge: versionFault,
  },
  {
    // OpenSSL for most of these extensions; Go parses no such certificate.
    code: 'signer-not-authorized',
    section: 'RFC 5280 §4.2',
    judge: (certificate) => void assertReadableExtensions(certificate),
  },
  {
    // OpenSSL and mozilla::pkix try only the issuer's key for the issuer's name.
    code: 'signer-has-issuer-name',
    section: 'RFC 5280 §4.1.2.6',
    judge: ({ subject }, { issuer }) =>
      equalBytes(subject, issuer.subject)
        ? 'has the name of the issuer itself, but is another certificate'
        : undefined,
  },
  {
    // OpenSSL, mozilla::pkix and GnuTLS; anyExtendedKeyUsage is not enough.
    code: 'signer-without-ocsp-signing',
    section: 'RFC 6960 §4.2.2.2',
    judge: (certificate) =>
      mayOcspSign(certificate) ? undefined : 'has no extended key usage id-kp-OCSPSigning',
  },
  {
    // OpenSSL, if the key usage has no bit at all. RFC 5280 names these two, BR §7.1.2.8 only digitalSignature.
    code: 'signer-key-usage',
    section: 'RFC 5280 §4.2.1.12',
    judge: (certificate) =>
      hasKeyUsage(certificate, 'digitalSignature') === false && !hasKeyUsage(certificate, 'nonRepudiation')
        ? 'has a key usage with neither digitalSignature nor nonRepudiation'
        : undefined,
  },
  {
    // mozilla::pkix
    code: 'signer-is-ca',
    section: 'RFC 5280 §4.2.1.9, BR §7.1.2.8',
    judge: (certificate) =>
      isCa(certificate) ? 'is a CA itself (basicConstraints with cA TRUE)' : undefined,
  },
  {
    // OpenSSL, mozilla::pkix and GnuTLS.
    code: 'signer-not-authorized',
    section: 'RFC 5280 §4.2',
    judge(certificate) {
      const unknown = unknownCriticalExtension(certificate, 'delegate');
      return unknown === undefined ? undefined : `has the unknown critical extension ${unknown}`;
    },
  },
  {
    // OpenSSL; GnuTLS, if the key identifier differs.
    code: 'signer-not-authorized',
    section: 'RFC 5280 §4.2.1.1',
    judge: (certificate, { issuer }) =>
      namesOtherIssuer(certificate, issuer)
        ? `names another certificate than that of ${commonName(issuer.subject)} as its issuer's (authorityKeyIdentifier)`
        : undefined,
  },
  {
    // Go 1.23 and later parse no certificate with such a number.
    code: 'signer-not-authorized',
    section: 'RFC 5280 §4.1.2.2',
    judge: ({ serialNumber }) =>
      (serialNumber[0] ?? 0) >= 0x80 ? 'has a negative serial number' : undefined,
  },
  {
    // GnuTLS
    code: 'signer-not-authorized',
    section: 'RFC 7633 §4.2.2',
    judge: (certificate, { issuer }) =>
      lacksTlsFeatures(certificate, issuer)
        ? `lacks the TLS features that ${commonName(issuer.subject)} asks of its certificates`
        : undefined,
  },
  {
    // OpenSSL and GnuTLS.
    code: 'signer-name-constraints',
    section: 'RFC 5280 §4.2.1.10',
    judge(certificate, { issuer, path = [] }) {
      const faults = [issuer, ...path].map((ca) => nameConstraintFault(certificate, ca));
      return faults.find((fault) => fault !== undefined);
    },
  },
];
