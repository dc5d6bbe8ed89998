import { addressOctets, isInNetwork, parseNetwork, type Network } from './address.js';

/**
 * How near to this machine an address leads, from far to near: the nearer, the fewer may ask there, and the more is
 * told to whoever can.
 */
const NEARNESS = ['public', 'private', 'loopback', 'link-local'] as const;
export type Nearness = (typeof NEARNESS)[number];

/** The special ones of RFC 6890; all others are public. */
const SPECIAL: readonly (readonly [Nearness, Network])[] = [
  ...networks('loopback', '127.0.0.0/8', '0.0.0.0/8', '::1', '::'),
  ...networks('link-local', '169.254.0.0/16', 'fe80::/10'),
  // Where Azure tells virtual machines about themselves, though the address is a public one.
  ...networks('link-local', '168.63.129.16'),
  ...networks('private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'),
  // Nobody's, and everybody's: IETF assignments, benchmarks, site-local, multicast, reserved.
  ...networks('private', '192.0.0.0/24', '198.18.0.0/15', 'fec0::/10', '224.0.0.0/3', 'ff00::/8'),
];

/** IPv6 addresses with an IPv4 address in them, and where it begins: mapped, compatible, NAT64 (RFC 6052), 6to4. */
const EMBEDDING: readonly (readonly [Network, number])[] = [
  ...networks(12, '::ffff:0:0/96', '::/96', '64:ff9b::/96'),
  ...networks(2, '2002::/16'),
].map(([start, network]) => [network, start]);

function networks<const T>(kind: T, ...texts: readonly string[]): (readonly [T, Network])[] {
  return texts.flatMap((text) => {
    const network = parseNetwork(text);
    return network === undefined ? [] : [[kind, network] as const];
  });
}

/** Of an address. Of a name only this machine's own is known to be near: what others lead to is seen when they are looked up. */
export function nearnessOf(host: string): Nearness {
  const octets = addressOctets(host.replace(/^\[(.*)\]$/, '$1'));
  if (octets !== undefined) return nearnessOfOctets(octets);
  return /(^|\.)localhost\.?$/i.test(host) ? 'loopback' : 'public';
}

function nearnessOfOctets(octets: Uint8Array): Nearness {
  const special = SPECIAL.find(([, network]) => isInNetwork(octets, network));
  if (special !== undefined) return special[0];
  const embedding = EMBEDDING.find(([network]) => isInNetwork(octets, network));
  return embedding === undefined
    ? 'public'
    : nearnessOfOctets(octets.subarray(embedding[1], embedding[1] + 4));
}

export function isNearer(one: Nearness, other: Nearness): boolean {
  return NEARNESS.indexOf(one) > NEARNESS.indexOf(other);
}
