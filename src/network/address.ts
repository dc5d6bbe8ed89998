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
export interface Network {
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
