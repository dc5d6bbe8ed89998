/**
 * A DER writer that can also write what is wrong: every function returns an encoded element, and elements are
 * only octets, so that any of them can be replaced by others. The product's own parser plays no part here.
 */
export type Octets = Uint8Array;

export function concat(...parts: readonly Octets[]): Octets {
  return new Uint8Array(Buffer.concat(parts));
}

export function hex(text: string): Octets {
  return new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
}

/** The shortest length octets (X.690 §10.1). */
function lengthOctets(length: number): Octets {
  if (length < 0x80) return Uint8Array.of(length);
  const digits = hex(evenHex(length.toString(16)));
  return concat(Uint8Array.of(0x80 | digits.length), digits);
}

function evenHex(digits: string): string {
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

/** An element with the given identifier octet. */
export function tlv(tag: number, ...content: readonly Octets[]): Octets {
  const value = concat(...content);
  return concat(Uint8Array.of(tag), lengthOctets(value.length), value);
}

export const seq = (...elements: readonly Octets[]): Octets => tlv(0x30, ...elements);
export const set = (...elements: readonly Octets[]): Octets => tlv(0x31, ...elements);
export const octets = (...content: readonly Octets[]): Octets => tlv(0x04, ...content);
export const boolean = (value: boolean): Octets => tlv(0x01, Uint8Array.of(value ? 0xff : 0));
export const nul = (): Octets => tlv(0x05);
export const enumerated = (value: number): Octets => tlv(0x0a, Uint8Array.of(value));
export const utf8 = (text: string): Octets => tlv(0x0c, Buffer.from(text, 'utf8'));
export const ia5 = (text: string): Octets => tlv(0x16, Buffer.from(text, 'latin1'));

/** A BIT STRING; `unused` says how many bits of the last octet do not count. */
export function bits(content: Octets, unused = 0): Octets {
  return tlv(0x03, Uint8Array.of(unused), content);
}

/** An INTEGER from a number (made minimal), or from content octets that are taken as they are. */
export function int(value: number | bigint | Octets): Octets {
  return tlv(0x02, value instanceof Uint8Array ? value : integerOctets(BigInt(value)));
}

/** Content octets of a non-negative INTEGER. */
export function integerOctets(value: bigint): Octets {
  const digits = hex(evenHex(value.toString(16)));
  return (digits[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), digits) : digits;
}

export function oid(dotted: string): Octets {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(arc: number): number[] {
  const digits = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
    digits.unshift(0x80 | (left % 128));
  }
  return digits;
}

/** `[n] EXPLICIT`: wraps. */
export const explicit = (n: number, ...elements: readonly Octets[]): Octets => tlv(0xa0 | n, ...elements);

/** `[n] IMPLICIT`: replaces the identifier octet of an encoded element, whose form (primitive or constructed) stays. */
export function implicit(n: number, element: Octets): Octets {
  const form = (element[0] ?? 0) & 0x20;
  return concat(Uint8Array.of(0x80 | form | n), element.subarray(1));
}

/** A GeneralizedTime in whole seconds UTC, or with exactly the given text, right or wrong. */
export function generalizedTime(time: number | string): Octets {
  return tlv(0x18, Buffer.from(typeof time === 'string' ? time : timeDigits(time), 'latin1'));
}

/** A certificate's Time: UTCTime until 2049, GeneralizedTime after (RFC 5280 §4.1.2.5). */
export function certificateTime(time: number): Octets {
  const digits = timeDigits(time);
  return digits < '2050' ? tlv(0x17, Buffer.from(digits.slice(2), 'latin1')) : generalizedTime(digits);
}

/** `20300615120000Z` */
function timeDigits(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replaceAll(/\D/g, '')}Z`;
}

/** The content octets of a well-formed element. */
export function contentOf(element: Octets): Octets {
  return element.subarray(headerLength(element));
}

/** The elements that a well-formed constructed element consists of. */
export function childrenOf(element: Octets): Octets[] {
  const children: Octets[] = [];
  for (let rest = contentOf(element); rest.length > 0;) {
    const size = elementLength(rest);
    children.push(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  return children;
}

function headerLength(element: Octets): number {
  const first = element[1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

function elementLength(element: Octets): number {
  const header = headerLength(element);
  if (header === 2) return header + (element[1] ?? 0);
  return header + Number(`0x${Buffer.from(element.subarray(2, header)).toString('hex')}`);
}
