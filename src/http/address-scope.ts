import { toHex } from '../util/bytes.js';
import { withoutBrackets } from '../util/host-port.js';
import { embedding, localNat64, type AddressScope, SCOPES, special, translated } from './special-networks.js';
import { addressBytes, isInNetwork } from './network.js';

/**
 * Names for local networks: RFC 6762 with its Appendix G, RFC 8375, and `internal`, which ICANN reserved in 2024. A name of
 * one label has no meaning outside of one (RFC 7085).
 */
const LOCAL_NAME = /(\.(local|localdomain|home\.arpa|internal|intranet|private|corp|home|lan)|^[^.:]+)\.?$/i;

/**
 * Returns the narrowest scope that a host may have. A name counts as public unless it is for local use: its addresses
 * are judged when it is looked up.
 */
export function scopeOf(host: string): AddressScope {
  const bytes = addressBytesOf(host);
  if (bytes !== undefined) return scopeOfAddress(bytes);
  if (/(^|\.)localhost\.?$/i.test(host)) return 'loopback';
  return LOCAL_NAME.test(host) ? 'private' : 'public';
}

/**
 * Reports whether the server at `from` may redirect to the host `to` (protection against SSRF). It may redirect to its
 * own address, and to any host in a scope that is not narrower than its own.
 */
export function mayRedirect(from: string, to: string): boolean {
  const [source, target] = [addressBytesOf(from), addressBytesOf(to)];
  if (source === undefined || target === undefined) return !isNarrower(scopeOf(to), scopeOfRedirecting(from));
  if (Buffer.compare(source, target) === 0) return true;
  const [one, other] = behindSameNat64(source, target)
    ? [lastFour(source), lastFour(target)]
    : [source, target];
  return !isNarrower(scopeOfAddress(other), scopeOfSource(one));
}

/** Returns that of two redirecting servers which may redirect to fewer hosts: a chain is trusted as far as its weakest link. */
export function lessTrusted(one: string, other: string): string {
  return isNarrower(scopeOfRedirecting(one), scopeOfRedirecting(other)) ? other : one;
}

function scopeOfRedirecting(host: string): AddressScope {
  const bytes = addressBytesOf(host);
  return bytes === undefined ? scopeOf(host) : scopeOfSource(bytes);
}

/** Returns the scope of a redirecting server. A special-purpose address may be a stranger's, so it counts as public. */
function scopeOfSource(bytes: Uint8Array): AddressScope {
  if (translated().some((network) => isInNetwork(bytes, network))) return scopeOfSource(lastFour(bytes));
  const own = ownScope(bytes);
  return own === 'special-purpose' ? 'public' : own;
}

function addressBytesOf(host: string): Uint8Array | undefined {
  return addressBytes(withoutBrackets(host));
}

/** Returns the narrowest scope of an address and of the IPv4 addresses that are embedded in it. */
function scopeOfAddress(bytes: Uint8Array): AddressScope {
  const embedded = embeddedIn(bytes).map(scopeOfAddress);
  return embedded.reduce((nearest, one) => (isNarrower(one, nearest) ? one : nearest), ownScope(bytes));
}

function ownScope(bytes: Uint8Array): AddressScope {
  return special().find(([, network]) => isInNetwork(bytes, network))?.[0] ?? 'public';
}

function embeddedIn(bytes: Uint8Array): Uint8Array[] {
  const found = embedding().filter(({ network }) => isInNetwork(bytes, network));
  const known = found.map(({ start, isInverted }) => {
    const four = bytes.subarray(start, start + 4);
    return isInverted ? four.map((byte) => ~byte) : four;
  });
  return isIsatap(bytes) ? [...known, lastFour(bytes)] : known;
}

/** Recognizes ISATAP: packets go to the IPv4 address in the second half, whatever the first half is (RFC 5214 §6.1). */
function isIsatap(bytes: Uint8Array): boolean {
  const marker = toHex(bytes.subarray(8, 12));
  return bytes.length === 16 && (marker === '00005efe' || marker === '02005efe');
}

/** Reports whether both are IPv4 addresses behind the same NAT64, as all are in a network without IPv4. */
function behindSameNat64(one: Uint8Array, other: Uint8Array): boolean {
  if (!isInNetwork(one, localNat64()) || !isInNetwork(other, localNat64())) return false;
  return Buffer.compare(one.subarray(0, 12), other.subarray(0, 12)) === 0;
}

function lastFour(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(12, 16);
}

export function isNarrower(one: AddressScope, other: AddressScope): boolean {
  return SCOPES.indexOf(one) > SCOPES.indexOf(other);
}
