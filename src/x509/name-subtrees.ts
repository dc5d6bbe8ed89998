import { equalBytes } from '../util/bytes.js';
import { DerError, TAG } from './der.js';
import type { GeneralName } from './general-names.js';
import { type Attribute, attributesByRdn } from './name.js';

export type Subtrees = 'permitted' | 'excluded';

/**
 * Reports whether a name lies in a subtree of name constraints (RFC 5280 §4.2.1.10). If clients differ, the strictest
 * one counts: the name is outside of a permitted subtree, or inside of an excluded one, as soon as one client says so.
 * Throws DerError for a name or a constraint that cannot be compared.
 */
export function matchesSubtree(name: GeneralName, base: GeneralName, kind: Subtrees): boolean {
  if (name.form !== base.form) return false;
  if ('octets' in name && 'octets' in base) return isInNetwork(name.octets, base.octets);
  if ('name' in name && 'name' in base) return isBelow(name.name, base.name, kind);
  if (!('text' in name && 'text' in base)) return true;
  switch (name.form) {
    case 'dNSName':
      return isInDomain(host(name.text), constraint(base.text), kind);
    case 'rfc822Name':
      return isMailboxIn(name.text, base.text, kind);
    case 'uniformResourceIdentifier':
      return isUriIn(name.text, base.text, kind);
  }
}

/** Throws DerError for a constraint that GnuTLS and Go do not read, even if no name is compared with it. */
export function assertComparable(base: GeneralName): void {
  if ('octets' in base) networkOf(base.octets);
  else if (base.form === 'rfc822Name' && base.text.includes('@')) mailboxOf(base.text);
  else if ('text' in base) constraint(base.text);
  else if ('name' in base) attributesByRdn(base.name);
  // GnuTLS refuses such constraints. RFC 5280 §6.1 requires that if they are critical, and they must be critical.
  else throw new DerError(`has nameConstraints of the form ${base.form}`);
}

const LABELS = /^[\da-z_-]{1,63}(?:\.[\da-z_-]{1,63})*$/;

/** Reads a host name in lower case. Go parses no other form, and no name with a final dot. */
function host(text: string): string {
  const name = text.toLowerCase();
  if (!LABELS.test(name.replace(/^\*\./, ''))) throw new DerError('has a domain name that is none');
  return name;
}

function constraint(text: string): string {
  const base = text.toLowerCase();
  if (base === '' || LABELS.test(base.replace(/^\./, ''))) return base;
  throw new DerError('has a name constraint that is not a domain');
}

/**
 * Reports whether a host lies in a domain. A constraint with a leading dot requires at least one more label: all
 * clients know that, but the standard does not. An empty constraint matches every name.
 */
function isInDomain(name: string, base: string, kind: Subtrees): boolean {
  if (base === '') return true;
  const isSubdomain = name.endsWith(base.startsWith('.') ? base : `.${base}`);
  return name === base || isSubdomain || (kind === 'excluded' && isCovered(base, name));
}

/** Reports whether a wildcard name includes an excluded name, as in mozilla::pkix. */
function isCovered(base: string, name: string): boolean {
  return name.startsWith('*.') && base.endsWith(name.slice(1));
}

/** Reports whether a mailbox matches a constraint, which is a mailbox, a host, or a domain with a leading dot. */
function isMailboxIn(mailbox: string, base: string, kind: Subtrees): boolean {
  const { domain } = mailboxOf(mailbox);
  if (base.includes('@')) return isSameMailbox(mailbox, base, kind);
  const hostOrDomain = constraint(base);
  // An empty constraint permits nothing in OpenSSL, and excludes everything in the others.
  if (hostOrDomain === '') return kind === 'excluded';
  // In Go a host includes its subdomains.
  if (hostOrDomain.startsWith('.') || kind === 'excluded') return isInDomain(domain, hostOrDomain, kind);
  return domain === hostOrDomain;
}

/** Compares mailboxes. Only mozilla::pkix ignores the case of the part before the @. */
function isSameMailbox(mailbox: string, base: string, kind: Subtrees): boolean {
  if (kind === 'excluded') return mailbox.toLowerCase() === base.toLowerCase();
  const [one, other] = [mailbox, base].map(mailboxOf);
  return one?.local === other?.local && one?.domain === other?.domain;
}

function mailboxOf(text: string): { local: string; domain: string } {
  const at = text.lastIndexOf('@');
  if (at < 1) throw new DerError('has an e-mail address that is none');
  return { local: text.slice(0, at), domain: host(text.slice(at + 1)) };
}

/**
 * Reports whether a URI matches a constraint. In GnuTLS any excluded URI excludes all. In OpenSSL a host without a
 * leading dot means that host only.
 */
function isUriIn(uri: string, base: string, kind: Subtrees): boolean {
  if (kind === 'excluded') return true;
  const domain = constraint(base);
  const name = hostOfUri(uri);
  return domain.startsWith('.') ? name.endsWith(domain) : name === domain;
}

/** Returns the host name of a URI. A URI without one, or with an address, is refused (RFC 5280 §4.2.1.10). */
function hostOfUri(text: string): string {
  const hostname = URL.canParse(text) ? new URL(text).hostname : '';
  if (!/[a-z]/i.test(hostname)) throw new DerError('has a URI without a host name');
  return host(hostname);
}

function isInNetwork(address: Uint8Array, base: Uint8Array): boolean {
  const { network, mask } = networkOf(base);
  if (address.length !== mask.length) return false;
  return mask.every((octet, index) => (((address[index] ?? 0) ^ (network[index] ?? 0)) & octet) === 0);
}

/** Splits a constraint into an address and a mask of leading ones. */
function networkOf(base: Uint8Array): { network: Uint8Array; mask: Uint8Array } {
  const half = base.length / 2;
  if (half !== 4 && half !== 16) throw new DerError('has an iPAddress constraint of impossible length');
  const mask = base.subarray(half);
  const bits = [...mask].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  if (!/^1*0*$/.test(bits)) throw new DerError('has an iPAddress constraint with a mask that has gaps');
  return { network: base.subarray(0, half), mask };
}

/**
 * Reports whether a Name begins with the RDNs of the base. They must be identical (RFC 5280 §4.2.1.10), but
 * PrintableString and UTF8String count as equal types, as in mozilla::pkix. An excluded directoryName forbids every
 * Name, because neither mozilla::pkix nor GnuTLS compares it.
 */
function isBelow(name: Uint8Array, base: Uint8Array, kind: Subtrees): boolean {
  if (kind === 'excluded') return true;
  const [rdns, wanted] = [attributesByRdn(name), attributesByRdn(base)];
  return wanted.every((rdn, index) => isSameRdn(rdn, rdns[index] ?? []));
}

function isSameRdn(one: readonly Attribute[], other: readonly Attribute[]): boolean {
  return one.length === other.length && one.every((attribute, index) => isSame(attribute, other[index]));
}

const TEXT_TAGS: ReadonlySet<number> = new Set([TAG.utf8String, TAG.printableString]);

function isSame(one: Attribute, other: Attribute | undefined): boolean {
  if (other === undefined || one.type !== other.type || !equalBytes(one.value, other.value)) return false;
  return one.tag === other.tag || (TEXT_TAGS.has(one.tag) && TEXT_TAGS.has(other.tag));
}
