import { type Network, parseNetwork } from './network.js';

/**
 * The scopes of addresses, from the widest to the narrowest. Servers in a narrow scope trust whoever can reach them, so
 * few may send us there. `special-purpose`: not globally reachable, with a meaning that depends on the network.
 */
export const SCOPES = ['public', 'special-purpose', 'private', 'loopback', 'link-local'] as const;
export type AddressScope = (typeof SCOPES)[number];

// These tables are functions, because most runs judge no address, and reading them takes as long as reading a configuration.

/** IPv4 addresses in the form of IPv6: mapped and compatible (RFC 4291 §2.5.5), and for NAT64 (RFC 6052 §2.1). */
const TRANSLATED_TEXTS = ['::ffff:0:0/96', '::/96', '64:ff9b::/96'] as const;
export const translated = once((): readonly Network[] => TRANSLATED_TEXTS.map(network));

/** The registries of RFC 6890, as of 2026. The first network that matches counts; all other addresses are public. */
export const special = once((): readonly (readonly [AddressScope, Network])[] => [
  ...networks('loopback', '127.0.0.0/8', '0.0.0.0/8', '::1', '::'),
  ...networks('link-local', '169.254.0.0/16', 'fe80::/10'),
  // Azure's metadata service for virtual machines has this public address.
  ...networks('link-local', '168.63.129.16'),
  ...networks('private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'),
  // IETF assignments, benchmarks, site-local, multicast, reserved.
  ...networks('private', '192.0.0.0/24', '198.18.0.0/15', 'fec0::/10', '224.0.0.0/3', 'ff00::/8'),
  // Documentation (RFC 5737), relays of 6to4 and 6a44 (RFC 7526, RFC 6751), AS112 (RFC 7534, RFC 7535), AMT (RFC 7450).
  ...networks('special-purpose', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '192.88.99.0/24'),
  ...networks(
    'special-purpose',
    '192.175.48.0/24',
    '192.31.196.0/24',
    '192.52.193.0/24',
    '2620:4f:8000::/48',
  ),
  // Teredo, benchmarks, ORCHIDs and the other IETF assignments (RFC 2928); documentation (RFC 3849, RFC 9637).
  ...networks('special-purpose', '2001::/23', '2001:db8::/32', '3fff::/20'),
  // Their scope is that of the embedded IPv4 address.
  ...networks('public', ...TRANSLATED_TEXTS),
  // Everything but the global unicast addresses 2000::/3 (RFC 4291 §2.4): local NAT64 64:ff9b:1::/48 (RFC 8215),
  // discard-only and dummy addresses 100::/63 (RFC 6666, RFC 9780), segment identifiers 5f00::/16 (RFC 9602), and
  // unassigned addresses.
  ...networks('special-purpose', '::/3', '4000::/2', '8000::/1'),
]);

/** NAT64 of a local network (RFC 8215), mostly with 96 bits before the IPv4 address. */
export const localNat64 = once(() => network('64:ff9b:1::/48'));

interface Embedding {
  readonly network: Network;
  /** Index of the byte at which the IPv4 address begins. */
  readonly start: number;
  /** The bits of the IPv4 address are inverted. */
  readonly isInverted?: true;
}

/** IPv6 networks whose addresses embed an IPv4 address. */
export const embedding = once((): readonly Embedding[] => [
  ...translated().map((network) => ({ network, start: 12 })),
  // RFC 2765 §2.1, RFC 8215
  { network: network('::ffff:0:0:0/96'), start: 12 },
  { network: localNat64(), start: 12 },
  // 6to4 (RFC 3056 §2)
  { network: network('2002::/16'), start: 2 },
  // Teredo: the addresses of its server and of its client (RFC 4380 §4)
  { network: network('2001::/32'), start: 4 },
  { network: network('2001::/32'), start: 12, isInverted: true },
]);

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function networks(scope: AddressScope, ...texts: readonly string[]): (readonly [AddressScope, Network])[] {
  return texts.map((text) => [scope, network(text)]);
}

function network(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new TypeError(`${text} is not a network`);
  return parsed;
}
