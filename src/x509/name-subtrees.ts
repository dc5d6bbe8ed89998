import { equalBytes } from '../util/bytes.js';
import { DerError } from './der.js';
import type { GeneralName } from './general-names.js';
import { type Attribute, attributesByRdn } from './name.js';

export type Subtrees = 'permitted' | 'excluded';

/**
 * Whether a name lies in a subtree of name constraints (RFC 5280 §4.2.1.10). Where clients differ, a name is outside of a
 * permitted subtree, and inside of an excluded one, as soon as one of them says so. Throws DerError for a name or a
 * constraint that cannot be compared.
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

/** Throws a DerError for a constraint that GnuTLS and Go do not read, whatever names there are. */
export function assertComparable(base: GeneralName): void {
  if ('octets' in base) networkOf(base.octets);
  else if (base.form === 'rfc822Name' && base.text.includes('@')) mailboxOf(base.text);
  else if ('text' in base) constraint(base.text);
  else if ('name' in base) attributesByRdn(base.name);
  // GnuTLS reads no such constraints; RFC 5280 §6.1 asks for it where they are critical, as they must be.
  else throw new DerError(`has nameConstraints of the form ${base.form}`);
}

const LABELS = /^[\da-z_-]{1,63}(?:\.[\da-z_-]{1,63})*$/;

/** In lower case. Go parses no other, also none with a dot at its end. */
function host(text: string): string {
  const name = text.toLowerCase();
  if (!LABELS.test(name.replace(/^\*\./, ''))) throw new DerError('has a domain name that is none');
  return name;
}

function constraint(text: string): string {
  const base = text.toLowerCase();
  if (base === '' || LABELS.test(base.replace(/^\./, ''))) return base;
  throw new DerError('has a name constraint that is no domain');
}

/** A dot at the beginning asks for one label more; all clients but the standard know it. Nothing constrains nothing. */
function isInDomain(name: string, base: string, kind: Subtrees): boolean {
  if (base === '') return true;
  if (base.startsWith('.'))
    return name.endsWith(base) || (kind === 'excluded' && isCovered(base.slice(1), name));
  if (name === base || name.endsWith(`.${base}`)) return true;
  return kind === 'excluded' && isCovered(base, name);
}

/** Tells whether a wildcard stands for a name that is excluded: mozilla::pkix. */
function isCovered(base: string, name: string): boolean {
  return name.startsWith('*.') && base.endsWith(name.slice(1));
}

/** A mailbox, a host, or with a dot at its beginning a domain. */
function isMailboxIn(mailbox: string, base: string, kind: Subtrees): boolean {
  const { domain } = mailboxOf(mailbox);
  if (base.includes('@')) return isSameMailbox(mailbox, base, kind);
  const hostOrDomain = constraint(base);
  // OpenSSL permits nothing by an empty constraint, others exclude everything.
  if (hostOrDomain === '') return kind === 'excluded';
  // Go takes the subdomains of a host with it.
  if (hostOrDomain.startsWith('.') || kind === 'excluded') return isInDomain(domain, hostOrDomain, kind);
  return domain === hostOrDomain;
}

/** The case of the part before the @ counts but for mozilla::pkix. */
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

/** GnuTLS has every URI excluded where one is; OpenSSL takes a host without a dot before it for just that host. */
function isUriIn(uri: string, base: string, kind: Subtrees): boolean {
  if (kind === 'excluded') return true;
  const domain = constraint(base);
  const name = hostOfUri(uri);
  return domain.startsWith('.') ? name.endsWith(domain) : name === domain;
}

/** RFC 5280 §4.2.1.10: a URI without a host name, or with an address in its place, is refused. */
function hostOfUri(text: string): string {
  const hostname = URL.canParse(text) ? new URL(text).hostname : '';
  if (!/[a-z]/i.test(hostname) || hostname.startsWith('['))
    throw new DerError('has a URI without a host name');
  return host(hostname);
}

function isInNetwork(address: Uint8Array, base: Uint8Array): boolean {
  const { network, mask } = networkOf(base);
  if (address.length !== mask.length) return false;
  return mask.every((octet, index) => (((address[index] ?? 0) ^ (network[index] ?? 0)) & octet) === 0);
}

/** An address and a mask of leading ones. */
function networkOf(base: Uint8Array): { network: Uint8Array; mask: Uint8Array } {
  const half = base.length / 2;
  if (half !== 4 && half !== 16) throw new DerError('has an iPAddress constraint of impossible length');
  const mask = base.subarray(half);
  const bits = [...mask].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  if (!/^1*0*$/.test(bits)) throw new DerError('has an iPAddress constraint with a mask that has gaps');
  return { network: base.subarray(0, half), mask };
}

/**
 * Whether the RDNs of the base are the first ones of the name. They must be written alike (RFC 5280 §4.2.1.10), but for
 * PrintableString and UTF8String, as mozilla::pkix compares them. An excluded one forbids every name: neither
 * mozilla::pkix nor GnuTLS compares it.
 */
function isBelow(name: Uint8Array, base: Uint8Array, kind: Subtrees): boolean {
  if (kind === 'excluded') return true;
  const [rdns, wanted] = [attributesByRdn(name), attributesByRdn(base)];
  return wanted.every((rdn, index) => isSameRdn(rdn, rdns[index] ?? []));
}

function isSameRdn(one: readonly Attribute[], other: readonly Attribute[]): boolean {
  return one.length === other.length && one.every((attribute, index) => isSame(attribute, other[index]));
}

const TEXTS: ReadonlySet<number> = new Set([0x0c, 0x13]);

function isSame(one: Attribute, other: Attribute | undefined): boolean {
  if (other === undefined || one.type !== other.type || !equalBytes(one.value, other.value)) return false;
  return one.tag === other.tag || (TEXTS.has(one.tag) && TEXTS.has(other.tag));
}
