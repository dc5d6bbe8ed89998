import { sameOctets } from '../asn1/octets.js';
import { LIMITS } from '../defaults.js';
import { OcspbotError } from '../errors.js';
import type { Instant } from '../time/instant.js';
import { caFault, issuerFault } from './ca.js';
import type { Certificate } from './certificate.js';
import { isInForce, isTwin } from './compare.js';
import { nameConstraintFault } from './name-constraints.js';
import { commonName } from './name.js';
import { linkFault, type LinkFault } from './path-link.js';

/** Names the certificate that has to be trusted, and the anchors that can vouch for it. */
export interface Trust {
  /** The certificate that the issuer signed, where there is one: name constraints bind it. */
  readonly certificate: Certificate | undefined;
  readonly issuer: Certificate;
  /** Among these are the certificates between the issuer and a root. */
  readonly between: readonly Certificate[];
  readonly roots: readonly Certificate[];
  /** The file of the roots. */
  readonly where: string;
  readonly now: Instant;
}

/**
 * Finds the certificates above the issuer, up to one of the roots (RFC 5280 §6.1). Their validity is judged together with
 * a response: a path of which all are valid now is preferred.
 *
 * @throws OcspbotError `issuer-not-trusted`
 */
export function findPath(trust: Trust): readonly Certificate[] {
  const search: Search = { ...trust, attempts: 0, faults: [] };
  const path = bestPath(search);
  if (path !== undefined) return path.filter((one) => one !== trust.issuer);
  throw notTrusted(search);
}

/** Trusts the issuer as it stands, if it is a CA, because no root is given. Throws `issuer-not-trusted`. */
export function assertMayIssue(issuer: Certificate, where: string): void {
  const fault = issuerFault(issuer);
  if (fault === undefined) return;
  const message = `${where}: the issuer ${commonName(issuer.subject)} ${fault.problem}`;
  throw new OcspbotError('issuer-not-trusted', message, { hint: CLIENTS });
}

interface Search extends Trust {
  attempts: number;
  readonly faults: LinkFault[];
}

function bestPath(search: Search): readonly Certificate[] | undefined {
  let first: readonly Certificate[] | undefined;
  for (const start of beginnings(search)) {
    for (const path of pathsFrom([start], search)) {
      if (path.every((one) => isInForce(one, search.now))) return path;
      first ??= path;
    }
  }
  return first;
}

/** The issuer, and other certificates of its name and key, whichever way they were signed. */
function beginnings(search: Search): Certificate[] {
  const { issuer, between, certificate } = search;
  const twins = between.filter((other) => other !== issuer && isTwin(issuer, other));
  return [issuer, ...twins].filter((start) => {
    const unfit = isRoot(start, search) ? undefined : caFault(start)?.problem;
    const outside = certificate && nameConstraintFault(certificate, start);
    if (unfit !== undefined) search.faults.push(say(start, unfit));
    if (certificate !== undefined && outside !== undefined) search.faults.push(say(certificate, outside));
    return unfit === undefined && outside === undefined;
  });
}

function say({ subject }: Certificate, problem: string): LinkFault {
  return { kind: 'unfit', class: 'evidence', problem: `${commonName(subject)} ${problem}` };
}

function isRoot(certificate: Certificate, { roots }: Search): boolean {
  return roots.some(({ der }) => sameOctets(der, certificate.der));
}

/** All paths upwards that begin with these certificates. */
function* pathsFrom(path: readonly Certificate[], search: Search): Generator<readonly Certificate[]> {
  const last = path.at(-1) as Certificate;
  if (isRoot(last, search)) return yield path;
  for (const next of issuersOf(last, path, search)) {
    if (++search.attempts > LIMITS.pathAttempts) return;
    const fault = linkFault(next, path, search.certificate);
    if (fault === undefined) yield* pathsFrom([...path, next], search);
    else search.faults.push(fault);
  }
}

/** No certificate of a name and key that the path has already leads further. */
function issuersOf(last: Certificate, path: readonly Certificate[], search: Search): Certificate[] {
  const all = [...search.roots, ...search.between];
  const named = all.filter(({ subject }) => sameOctets(subject, last.issuer));
  const problem = `the certificate of ${commonName(last.issuer)}, which issued ${commonName(last.subject)}, is not there`;
  if (named.length === 0) search.faults.push({ kind: 'missing', class: 'evidence', problem });
  return named.filter((next) => !path.some((one) => isTwin(one, next)));
}

const SUPPLY = 'give the root chain of this issuer, or leave `rootchain` out to trust the issuer as given';
const CLIENTS = 'clients refuse such a certificate as well: ask the CA for certificates that are in order';

/** Of all that stands in the way, the certificate that is there and must not be used tells most. */
function notTrusted({ issuer, where, faults }: Search): OcspbotError {
  const fault = faults.find(({ kind }) => kind === 'unfit') ?? faults[0];
  const reason = fault === undefined ? '' : `: ${fault.problem}`;
  return new OcspbotError(
    'issuer-not-trusted',
    `the issuer ${commonName(issuer.subject)} does not chain to ${where}${reason}`,
    { hint: fault?.kind === 'unfit' ? CLIENTS : SUPPLY, class: fault?.class },
  );
}
