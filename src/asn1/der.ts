import { LIMITS } from '../defaults.js';

/** Identifier octets of the types that certificates and OCSP messages are made of (X.690 §8.1.2). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** A context-specific tag: `[n]`, constructed unless said otherwise. */
export function contextTag(number: number, form: 'constructed' | 'primitive' = 'constructed'): number {
  return (form === 'constructed' ? 0xa0 : 0x80) | number;
}

/** The bytes are not DER, or not the structure that was expected. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** One TLV. Both arrays are views of the bytes it was read from. */
export interface Element {
  readonly tag: number;
  /** Identifier, length and content octets. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
}

/** Reads the TLV at the beginning of `bytes`; what follows it is not looked at. */
export function readElement(bytes: Uint8Array): Element {
  const tag = bytes[0];
  if (tag === undefined) throw new DerError('ends where an element should begin');
  if ((tag & 0x1f) === 0x1f) throw new DerError('has a tag number above 30');
  const { length, header } = readLength(bytes);
  if (header + length > bytes.length) {
    throw new DerError(`has an element of ${length} octets where ${bytes.length - header} are left`);
  }
  return { tag, bytes: bytes.subarray(0, header + length), content: bytes.subarray(header, header + length) };
}

/** Definite and minimal lengths only (X.690 §10.1). */
function readLength(bytes: Uint8Array): { length: number; header: number } {
  const first = bytes[1];
  if (first === undefined) throw new DerError('ends within a length');
  if (first < 0x80) return { length: first, header: 2 };
  if (first === 0x80) throw new DerError('has an indefinite length');
  const count = first & 0x7f;
  if (count > 4 || 2 + count > bytes.length) throw new DerError('has a length that cannot be read');
  let length = 0;
  for (const octet of bytes.subarray(2, 2 + count)) length = length * 256 + octet;
  if (length < 0x80 || bytes[2] === 0) throw new DerError('has a length that is not minimal');
  return { length, header: 2 + count };
}

/** The one TLV that `bytes` consist of. */
export function readOnly(bytes: Uint8Array, tag: number, what: string): Element {
  const element = readElement(bytes);
  if (element.tag !== tag) throw new DerError(unexpected(what, element.tag));
  if (element.bytes.length !== bytes.length) throw new DerError(`has octets after ${what}`);
  return element;
}

/** Walks through the elements of a constructed one, in order. */
export class Cursor {
  #rest: Uint8Array;
  readonly #what: string;

  constructor(content: Uint8Array, what: string) {
    this.#rest = content;
    this.#what = what;
  }

  get atEnd(): boolean {
    return this.#rest.length === 0;
  }

  /** The next element, of any tag. */
  any(): Element {
    const element = readElement(this.#rest);
    this.#rest = this.#rest.subarray(element.bytes.length);
    return element;
  }

  /** The next element, which must have this tag. */
  next(tag: number, what: string): Element {
    if (this.atEnd) throw new DerError(`has no ${what} in ${this.#what}`);
    if (this.#rest[0] !== tag) throw new DerError(unexpected(what, this.#rest[0] as number));
    return this.any();
  }

  optional(tag: number): Element | undefined {
    return this.#rest[0] === tag ? this.any() : undefined;
  }

  end(): void {
    if (!this.atEnd) throw new DerError(`has more in ${this.#what} than belongs there`);
  }
}

/** A cursor over the SEQUENCE that `bytes` consist of. */
export function sequence(bytes: Uint8Array, what: string): Cursor {
  return new Cursor(readOnly(bytes, TAG.sequence, what).content, what);
}

/** All elements of a SEQUENCE OF. */
export function elements(content: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let rest = content; rest.length > 0;) {
    if (found.length >= LIMITS.derElements) throw new DerError('has too many elements');
    const element = readElement(rest);
    found.push(element);
    rest = rest.subarray(element.bytes.length);
  }
  return found;
}

/** A BIT STRING that holds octets. */
export function wholeOctets({ content }: Element): Uint8Array {
  if (content[0] !== 0) throw new DerError('has a BIT STRING that is not of whole octets');
  return content.subarray(1);
}

function unexpected(what: string, tag: number): string {
  return `has tag 0x${tag.toString(16).padStart(2, '0')} where ${what} should be`;
}
