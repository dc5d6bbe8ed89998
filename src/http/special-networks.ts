/**
 * How near to this machine an address leads, from far to near: the nearer, the fewer may ask there, and the more is
 * told to whoever can. `special-purpose`: not globally reachable, and it depends on the network where it leads.
 */
export const SCOPES = ['public', 'special-purpose', 'private', 'loopback', 'link-local'] as const;
export type AddressScope = (typeof SCOPES)[number];

/** IPv4 addresses written as IPv6 ones: mapped and compatible (RFC 4291 §2.5.5), and for NAT64 (RFC 6052 §2.1). */
const TRANSLATED_TEXTS = ['::ffff:0:0/96', '::/96', '64:ff9b::/96'] as const;
export const TRANSLATED: readonly Network[] = TRANSLATED_TEXTS.map(network);

/** The registries of RFC 6890, as of 2026; all others are public. Of several the first one counts. */
export const SPECIAL: readonly (readonly [AddressScope, Network])[] = [
  ...networks('loopback', '127.0.0.0/8', '0.0.0.0/8', '::1', '::'),
  ...networks('link-local', '169.254.0.0/16', 'fe80::/10'),
  // Where Azure tells virtual machines about themselves, though the address is a public one.
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
  // Whatever the IPv4 address in them is.
  ...networks('public', ...TRANSLATED_TEXTS),
  // All but the global unicast addresses 2000::/3 (RFC 4291 §2.4): local NAT64 64:ff9b:1::/48 (RFC 8215), discard-only
  // and dummy addresses 100::/63 (RFC 6666, RFC 9780), segment identifiers 5f00::/16 (RFC 9602), what is not assigned.
  ...networks('special-purpose', '::/3', '4000::/2', '8000::/1'),
];

/** NAT64 for a network of one's own (RFC 8215), mostly with 96 bits before the IPv4 address. */
export const LOCAL_NAT64 = network('64:ff9b:1::/48');

interface Embedding {
  readonly network: Network;
  /** Octet at which the IPv4 address begins. */
  readonly start: number;
  /** Its bits are inverted. */
  readonly isInverted?: true;
}

/** IPv6 addresses with an IPv4 address in them. */
export const EMBEDDING: readonly Embedding[] = [
  ...TRANSLATED.map((network) => ({ network, start: 12 })),
  // RFC 2765 §2.1, RFC 8215
  { network: network('::ffff:0:0:0/96'), start: 12 },
  { network: LOCAL_NAT64, start: 12 },
  // 6to4 (RFC 3056 §2)
  { network: network('2002::/16'), start: 2 },
  // Teredo: its server, and the client (RFC 4380 §4)
  { network: network('2001::/32'), start: 4 },
  { network: network('2001::/32'), start: 12, isInverted: true },
];

function networks(nearness: AddressScope, ...texts: readonly string[]): (readonly [AddressScope, Network])[] {
  return texts.map((text) => [nearness, network(text)]);
}

function network(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new TypeError(`${text} is not a network`);
  return parsed;
}

/** Octets of an IP address, 4 or 16; undefined for all that is none, host names for example. */
export function addressOctets(text: string): Uint8Array | undefined {
  const isV6 = text.includes(':');
  if (!isV6 && !/^\d+\.\d+\.\d+\.\d+$/.test(text)) return undefined;
  const url = `http://${isV6 ? `[${text.replace(/%.*$/s, '')}]` : text}/`;
  // URLs have one spelling for each address.
  if (!URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return isV6 ? octetsOfV6(hostname.slice(1, -1)) : Uint8Array.from(hostname.split('.'), Number);
}

/** In hexadecimal groups, where `::` stands for as many zeros as are missing. */
function octetsOfV6(text: string): Uint8Array {
  const [head = '', tail = ''] = text.split('::');
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail)];
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** Addresses whose first bits are the same: `10.0.0.0/8`. */
interface Network {
  readonly octets: Uint8Array;
  readonly bits: number;
}

/** Reads an address with or without `/bits`; undefined for what is none. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const octets = addressOctets(address);
  if (octets === undefined || rest.length > 0) return undefined;
  const bits =
    length === undefined ? 8 * octets.length : /^\d{1,3}$/.test(length) ? Number(length) : Infinity;
  return bits <= 8 * octets.length ? { octets, bits } : undefined;
}

export function isInNetwork(address: Uint8Array, { octets, bits }: Network): boolean {
  if (address.length !== octets.length) return false;
  const isSame = (octet: number, index: number) => {
    const relevant = Math.min(8, Math.max(0, bits - 8 * index));
    const mask = 0xff & (0xff << (8 - relevant));
    return (octet & mask) === ((address[index] ?? 0) & mask);
  };
  return octets.every(isSame);
}
