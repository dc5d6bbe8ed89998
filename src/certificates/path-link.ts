import { DerError } from '../asn1/der.js';
import { LIMITS } from '../defaults.js';
import type { FailureClass } from '../error-codes.js';
import { classOfRefusal, deniesSigner } from '../signature/refusals.js';
import { basicConstraints, caFault } from './ca.js';
import type { Certificate } from './certificate.js';
import { namesOtherIssuer } from './key-identifiers.js';
import { nameConstraintFault } from './name-constraints.js';
import { commonName } from './name.js';
import { verifyIssuedBy } from './public-key.js';

/** Why a certificate is not the next one of a path. */
export interface LinkFault {
  /** `missing`: there is none that signed the last one. `unfit`: it did, and may not, or what it signed is not accepted. */
  readonly kind: 'missing' | 'unfit';
  readonly class: FailureClass;
  readonly problem: string;
}

/** Looks whether `next` may issue the last certificate of the path, which begins with the issuer of `certificate`. */
export function linkFault(
  next: Certificate,
  path: readonly Certificate[],
  certificate: Certificate | undefined,
): LinkFault | undefined {
  const last = path.at(-1) as Certificate;
  const below = certificate === undefined ? path : [certificate, ...path];
  return signatureFault(next, last) ?? unfit(unfitReason(next, path, below));
}

function unfit(problem: string | undefined): LinkFault | undefined {
  return problem === undefined ? undefined : { kind: 'unfit', class: 'evidence', problem };
}

function unfitReason(
  next: Certificate,
  path: readonly Certificate[],
  below: readonly Certificate[],
): string | undefined {
  const name = commonName(next.subject);
  // RFC 5280 §6.1.4 (k), (n), §4.1.2.1, §4.2
  const fault = caFault(next);
  if (fault !== undefined) return `${name} ${fault.problem}`;
  // RFC 5280 §6.1.4 (l), (m), but self-issued certificates count too, as for mozilla::pkix and Go.
  const { pathLength = Infinity } = basicConstraints(next) ?? {};
  if (path.length > pathLength) {
    return `${name} may have ${pathLength} CA certificates below it (pathLenConstraint), and has ${path.length}`;
  }
  if (path.length >= LIMITS.pathLength) return `the path has more than ${LIMITS.pathLength} CA certificates`;
  return identifierFault(next, path.at(-1) as Certificate) ?? constraintFault(next, below);
}

/** RFC 5280 §4.2.1.1. OpenSSL and GnuTLS then do not take it for the issuer. */
function identifierFault(next: Certificate, last: Certificate): string | undefined {
  try {
    if (!namesOtherIssuer(last, next)) return undefined;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return `${commonName(last.subject)} ${error.message}`;
  }
  return `${commonName(last.subject)} names another certificate of ${commonName(next.subject)} as its issuer's (authorityKeyIdentifier)`;
}

/** RFC 5280 §6.1.4 (g). OpenSSL and mozilla::pkix compare the names of every certificate below, the root's constraints included. */
function constraintFault(next: Certificate, below: readonly Certificate[]): string | undefined {
  for (const one of below) {
    const fault = nameConstraintFault(one, next);
    if (fault !== undefined) return `${commonName(one.subject)} ${fault}`;
  }
  return undefined;
}

/** RFC 5280 §6.1.3 (a)(1). SHA-1 is let pass: these files are the administrator's own. */
function signatureFault(next: Certificate, last: Certificate): LinkFault | undefined {
  const verdict = verifyIssuedBy(last, next);
  if (verdict.kind !== 'refused') return undefined;
  const names = [last, next].map(({ subject }) => commonName(subject));
  if (deniesSigner(verdict.code)) {
    const problem = `the key of ${names[1]} did not sign ${names[0]}: ${verdict.problem}`;
    return { kind: 'missing', class: 'evidence', problem };
  }
  const problem = `the signature of ${names[1]} in ${names[0]} is not accepted: ${verdict.problem}`;
  return { kind: 'unfit', class: classOfRefusal(verdict.code), problem };
}
