/** Returns the 4 or 16 bytes of an IP address; undefined for anything else, such as a host name. */
export function addressBytes(text: string): Uint8Array | undefined {
  const isV6 = text.includes(':');
  if (!isV6 && !/^\d+\.\d+\.\d+\.\d+$/.test(text)) return undefined;
  const url = `http://${isV6 ? `[${text.replace(/%.*$/s, '')}]` : text}/`;
  // A parsed URL spells each address in one way.
  if (!URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return isV6 ? bytesOfV6(hostname.slice(1, -1)) : Uint8Array.from(hostname.split('.'), Number);
}

/** Reads hexadecimal groups, where `::` stands for the missing zeros. */
function bytesOfV6(text: string): Uint8Array {
  const [head = '', tail = ''] = text.split('::');
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail)];
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** A network of addresses that share their first bits: `10.0.0.0/8`. */
export interface Network {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** Reads an address with or without `/bits`; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const bytes = addressBytes(address);
  if (bytes === undefined || rest.length > 0) return undefined;
  const bits = length === undefined ? 8 * bytes.length : /^\d{1,3}$/.test(length) ? Number(length) : Infinity;
  return bits <= 8 * bytes.length ? { bytes, bits } : undefined;
}

export function isInNetwork(address: Uint8Array, { bytes, bits }: Network): boolean {
  if (address.length !== bytes.length) return false;
  const isSame = (byte: number, index: number) => {
    const relevant = Math.min(8, Math.max(0, bits - 8 * index));
    const mask = 0xff & (0xff << (8 - relevant));
    return (byte & mask) === ((address[index] ?? 0) & mask);
  };
  return bytes.every(isSame);
}
