import { type FailureClass, OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { equalBytes } from '../util/bytes.js';
import type { Instant } from '../util/time.js';
import { basicConstraints, caFault, issuerFault } from './ca.js';
import type { Certificate } from './certificate.js';
import { isInForce, isDuplicate, namesOtherIssuer } from './chain.js';
import { DerError } from './der.js';
import { nameConstraintFault } from './name-constraints.js';
import { commonName } from './name.js';
import { classOfRefusal, deniesSigner, verifyIssuedBy } from './signature.js';

/** The issuer that must be trusted, and the certificates from which its path is built. */
export interface Trust {
  /** The certificate that the issuer signed, if there is one: name constraints apply to it. */
  readonly certificate: Certificate | undefined;
  readonly issuer: Certificate;
  /** The certificates that may be between the issuer and a root. */
  readonly between: readonly Certificate[];
  readonly roots: readonly Certificate[];
  /** The file of the roots, for messages. */
  readonly where: string;
  readonly now: Instant;
}

/**
 * Finds the certificates above the issuer, up to one of the roots (RFC 5280 §6.1). A path whose certificates are all
 * valid now is preferred; the validity itself is checked together with a response.
 *
 * @throws OcspbotError `issuer-not-trusted`
 */
export function findPath(trust: Trust): readonly Certificate[] {
  const search: Search = { trust, attempts: 0, faults: [] };
  const path = bestPath(search);
  if (path !== undefined) return path.filter((one) => one !== trust.issuer);
  throw notTrusted(search);
}

/** Accepts an issuer that is trusted as given, without a root, if it is a CA. Throws `issuer-not-trusted`. */
export function assertMayIssue(issuer: Certificate, where: string): void {
  const fault = issuerFault(issuer);
  if (fault === undefined) return;
  const message = `${where}: the issuer ${commonName(issuer.subject)} ${fault.problem}`;
  throw new OcspbotError('issuer-not-trusted', message, { hint: CLIENTS });
}

interface Search {
  readonly trust: Trust;
  attempts: number;
  readonly faults: LinkFault[];
}

function bestPath(search: Search): readonly Certificate[] | undefined {
  let first: readonly Certificate[] | undefined;
  for (const start of startingPoints(search)) {
    for (const path of pathsFrom([start], search)) {
      if (path.every((one) => isInForce(one, search.trust.now))) return path;
      first ??= path;
    }
  }
  return first;
}

/** Returns the issuer and other certificates with its name and key, as long as they may issue `certificate`. */
function startingPoints(search: Search): Certificate[] {
  const { issuer, between, certificate } = search.trust;
  const duplicates = between.filter((other) => other !== issuer && isDuplicate(issuer, other));
  return [issuer, ...duplicates].filter((start) => {
    const unfit = isRoot(start, search.trust) ? undefined : caFault(start)?.problem;
    const outside = certificate && nameConstraintFault(certificate, start);
    if (unfit !== undefined) search.faults.push(unfitCertificate(start, unfit));
    if (certificate !== undefined && outside !== undefined)
      search.faults.push(unfitCertificate(certificate, outside));
    return unfit === undefined && outside === undefined;
  });
}

function unfitCertificate({ subject }: Certificate, problem: string): LinkFault {
  return { kind: 'unfit', class: 'evidence', problem: `${commonName(subject)} ${problem}` };
}

function isRoot(certificate: Certificate, { roots }: Trust): boolean {
  return roots.some(({ der }) => equalBytes(der, certificate.der));
}

/** Yields all paths to a root that begin with these certificates. */
function* pathsFrom(path: readonly Certificate[], search: Search): Generator<readonly Certificate[]> {
  const last = path.at(-1) as Certificate;
  if (isRoot(last, search.trust)) return yield path;
  for (const next of issuersOf(last, path, search)) {
    if (++search.attempts > LIMITS.pathAttempts) return;
    const fault = linkFault(next, path, search.trust.certificate);
    if (fault === undefined) yield* pathsFrom([...path, next], search);
    else search.faults.push(fault);
  }
}

/** Finds the certificates that may have issued `last`. A name and key that is on the path already is left out. */
function issuersOf(last: Certificate, path: readonly Certificate[], search: Search): Certificate[] {
  const all = [...search.trust.roots, ...search.trust.between];
  const named = all.filter(({ subject }) => equalBytes(subject, last.issuer));
  const problem = `the certificate of ${commonName(last.issuer)}, which issued ${commonName(last.subject)}, is missing`;
  if (named.length === 0) search.faults.push({ kind: 'missing', class: 'evidence', problem });
  return named.filter((next) => !path.some((one) => isDuplicate(one, next)));
}

const SUPPLY = 'give the root chain of this issuer, or leave `rootchain` out to trust the issuer as given';
const CLIENTS = 'clients refuse such a certificate as well: ask the CA for certificates that are in order';

/** Makes the error. A certificate that is present but unfit explains more than a missing one. */
function notTrusted({ trust: { issuer, where }, faults }: Search): OcspbotError {
  const fault = faults.find(({ kind }) => kind === 'unfit') ?? faults[0];
  const reason = fault === undefined ? '' : `: ${fault.problem}`;
  return new OcspbotError(
    'issuer-not-trusted',
    `the issuer ${commonName(issuer.subject)} does not chain to ${where}${reason}`,
    { hint: fault?.kind === 'unfit' ? CLIENTS : SUPPLY, class: fault?.class },
  );
}

/** The reason why a certificate is not the next one of a path. */
interface LinkFault {
  /** `missing`: no certificate signed the last one. `unfit`: one did, but may not, or its signature is not accepted. */
  readonly kind: 'missing' | 'unfit';
  readonly class: FailureClass;
  readonly problem: string;
}

/** Finds why `next` may not issue the last certificate of the path, which begins with the issuer of `certificate`. */
function linkFault(
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
  // RFC 5280 §6.1.4 (l), (m), but self-issued certificates count too, as in mozilla::pkix and Go.
  const { pathLength = Infinity } = basicConstraints(next) ?? {};
  if (path.length > pathLength) {
    return `${name} may have ${pathLength} CA certificates below it (pathLenConstraint), and has ${path.length}`;
  }
  if (path.length >= LIMITS.pathLength) return `the path has more than ${LIMITS.pathLength} CA certificates`;
  return identifierFault(next, path.at(-1) as Certificate) ?? constraintFault(next, below);
}

/** Compares the key identifiers (RFC 5280 §4.2.1.1): if they differ, OpenSSL and GnuTLS do not find the issuer. */
function identifierFault(next: Certificate, last: Certificate): string | undefined {
  try {
    if (!namesOtherIssuer(last, next)) return undefined;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return `${commonName(last.subject)} ${error.message}`;
  }
  return `${commonName(last.subject)} names another certificate of ${commonName(next.subject)} as its issuer's (authorityKeyIdentifier)`;
}

/**
 * Applies name constraints (RFC 5280 §6.1.4 (g)). OpenSSL and mozilla::pkix compare the names of every certificate
 * below, even with the constraints of a root.
 */
function constraintFault(next: Certificate, below: readonly Certificate[]): string | undefined {
  for (const one of below) {
    const fault = nameConstraintFault(one, next);
    if (fault !== undefined) return `${commonName(one.subject)} ${fault}`;
  }
  return undefined;
}

/**
 * Verifies the signature (RFC 5280 §6.1.3 (a)(1)). SHA-1 is accepted, because the files are the administrator's own.
 */
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
