import {
  addressOctets,
  EMBEDDING,
  isInNetwork,
  LOCAL_NAT64,
  type AddressScope,
  SCOPES,
  SPECIAL,
  TRANSLATED,
} from './special-networks.js';

/** Names for use in one's own network: RFC 6762, RFC 8375, and `internal`, which ICANN has set aside in 2024. */
const LOCAL_NAME = /\.(local|home\.arpa|internal)\.?$/i;

/** How near a host is, at most. Names other than those for local use count as public: their addresses are judged later. */
export function scopeOf(host: string): AddressScope {
  const octets = octetsOf(host);
  if (octets !== undefined) return nearnessOfOctets(octets);
  if (/(^|\.)localhost\.?$/i.test(host)) return 'loopback';
  return LOCAL_NAME.test(host) ? 'private' : 'public';
}

/**
 * Whether the server at `from` may redirect to the host `to`: not where it may be unable to go itself. It may always
 * lead to its own address.
 */
export function mayLead(from: string, to: string): boolean {
  const [source, target] = [octetsOf(from), octetsOf(to)];
  if (source === undefined || target === undefined)
    return !isNarrower(scopeOf(to), source === undefined ? scopeOf(from) : nearnessOfSource(source));
  if (Buffer.compare(source, target) === 0) return true;
  const [one, other] = behindSameNat64(source, target) ? [last4(source), last4(target)] : [source, target];
  return !isNarrower(nearnessOfOctets(other), nearnessOfSource(one));
}

/** Strangers may have a special-purpose address, and choose the IPv4 address in it. */
function nearnessOfSource(octets: Uint8Array): AddressScope {
  if (TRANSLATED.some((network) => isInNetwork(octets, network))) return nearnessOfSource(last4(octets));
  const own = ownNearness(octets);
  return own === 'special-purpose' ? 'public' : own;
}

function octetsOf(host: string): Uint8Array | undefined {
  return addressOctets(host.replace(/^\[(.*)\]$/, '$1'));
}

/** At most, as far as anybody can tell. */
function nearnessOfOctets(octets: Uint8Array): AddressScope {
  const embedded = embeddedIn(octets).map(nearnessOfOctets);
  return embedded.reduce((nearest, one) => (isNarrower(one, nearest) ? one : nearest), ownNearness(octets));
}

function ownNearness(octets: Uint8Array): AddressScope {
  return SPECIAL.find(([, network]) => isInNetwork(octets, network))?.[0] ?? 'public';
}

function embeddedIn(octets: Uint8Array): Uint8Array[] {
  const found = EMBEDDING.filter(({ network }) => isInNetwork(octets, network));
  const known = found.map(({ start, isInverted }) => {
    const four = octets.subarray(start, start + 4);
    return isInverted ? four.map((octet) => ~octet) : four;
  });
  return isIsatap(octets) ? [...known, last4(octets)] : known;
}

/** RFC 5214 §6.1: whatever the first half, packets go to the IPv4 address in the second. */
function isIsatap(octets: Uint8Array): boolean {
  const marker = Buffer.from(octets.subarray(8, 12)).toString('hex');
  return octets.length === 16 && (marker === '00005efe' || marker === '02005efe');
}

/** Both are IPv4 addresses to the same translator, as in a network without IPv4 all are. */
function behindSameNat64(one: Uint8Array, other: Uint8Array): boolean {
  if (!isInNetwork(one, LOCAL_NAT64) || !isInNetwork(other, LOCAL_NAT64)) return false;
  return Buffer.compare(one.subarray(0, 12), other.subarray(0, 12)) === 0;
}

function last4(octets: Uint8Array): Uint8Array {
  return octets.subarray(12, 16);
}

export function isNarrower(one: AddressScope, other: AddressScope): boolean {
  return SCOPES.indexOf(one) > SCOPES.indexOf(other);
}
