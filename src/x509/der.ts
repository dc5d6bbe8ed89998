import { LIMITS } from '../util/limits.js';

/** The identifier octets of the types that certificates and OCSP messages consist of (X.690 §8.1.2). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Returns the identifier octet of a context-specific tag `[n]`. */
export function contextTag(number: number, form: 'constructed' | 'primitive' = 'constructed'): number {
  return (form === 'constructed' ? 0xa0 : 0x80) | number;
}

/** The error for bytes that are not DER, or not of the expected structure. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** Returns what `read` returns, or `otherwise` if it throws a DerError. */
export function readOr<Value, Other>(read: () => Value, otherwise: Other): Value | Other {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) return otherwise;
    throw error;
  }
}

/** An element (TLV) in the bytes that it was read from. `bytes` and `content` are views, which are made on access. */
export class Element {
  readonly source: Uint8Array;
  /** The offsets in `source` of the identifier, of the content octets, and of the end. */
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;

  constructor(source: Uint8Array, start: number, contentStart: number, end: number) {
    this.source = source;
    this.start = start;
    this.contentStart = contentStart;
    this.end = end;
  }

  get tag(): number {
    return this.source[this.start] as number;
  }

  /** The identifier, length and content octets. */
  get bytes(): Uint8Array {
    return this.source.subarray(this.start, this.end);
  }

  get content(): Uint8Array {
    return this.source.subarray(this.contentStart, this.end);
  }
}

/** Reads the element at `start`, which must not end after `limit`. The bytes after it are not read. */
export function readElement(source: Uint8Array, start = 0, limit = source.length): Element {
  if (source.length === 0) throw new DerError('is empty');
  if (start >= limit) throw new DerError('ends where an element should begin');
  if (((source[start] as number) & 0x1f) === 0x1f) throw new DerError('has a tag number above 30');
  const contentStart = start + 2 + octetsOfLength(source, start + 1, limit);
  const length = lengthOf(source, start + 1, contentStart);
  if (contentStart + length > limit) {
    throw new DerError(`has an element of ${length} octets where ${limit - contentStart} are left`);
  }
  return new Element(source, start, contentStart, contentStart + length);
}

/** Returns the number of octets after the first length octet. Only definite lengths are valid (X.690 §10.1). */
function octetsOfLength(source: Uint8Array, at: number, limit: number): number {
  if (at >= limit) throw new DerError('ends within a length');
  const first = source[at] as number;
  if (first < 0x80) return 0;
  if (first === 0x80) throw new DerError('has an indefinite length');
  const count = first & 0x7f;
  if (count > 4 || at + 1 + count > limit) throw new DerError('has a length that cannot be read');
  return count;
}

/** Reads a length. Only minimal lengths are valid (X.690 §10.1). */
function lengthOf(source: Uint8Array, at: number, end: number): number {
  if (end === at + 1) return source[at] as number;
  let length = 0;
  for (let index = at + 1; index < end; index++) length = length * 256 + (source[index] as number);
  if (length < 0x80 || source[at + 1] === 0) throw new DerError('has a length that is not minimal');
  return length;
}

/** Reads the only element that `bytes` consist of. */
export function readOnly(bytes: Uint8Array, tag: number, what: string): Element {
  const element = readElement(bytes);
  if (element.tag !== tag) throw new DerError(unexpected(what, element.tag));
  if (element.end !== bytes.length) throw new DerError(`has octets after ${what}`);
  return element;
}

/** Reads the elements within a constructed one, in order. */
export class Cursor {
  readonly #source: Uint8Array;
  readonly #end: number;
  readonly #what: string;
  #at: number;

  constructor({ source, contentStart, end }: Element, what: string) {
    this.#source = source;
    this.#at = contentStart;
    this.#end = end;
    this.#what = what;
  }

  get atEnd(): boolean {
    return this.#at === this.#end;
  }

  /** Reads the next element, whatever its tag is. */
  any(): Element {
    const element = readElement(this.#source, this.#at, this.#end);
    this.#at = element.end;
    return element;
  }

  /** Reads the next element, which must have this tag. */
  next(tag: number, what: string): Element {
    if (this.atEnd) throw new DerError(`has no ${what} in ${this.#what}`);
    if (this.#source[this.#at] !== tag)
      throw new DerError(unexpected(what, this.#source[this.#at] as number));
    return this.any();
  }

  optional(tag: number): Element | undefined {
    return !this.atEnd && this.#source[this.#at] === tag ? this.any() : undefined;
  }

  end(): void {
    if (!this.atEnd) throw new DerError(`has more in ${this.#what} than belongs there`);
  }
}

/** Makes a cursor for the SEQUENCE that `from` is or consists of. */
export function sequence(from: Uint8Array | Element, what: string): Cursor {
  const element = from instanceof Element ? from : readOnly(from, TAG.sequence, what);
  if (element.tag !== TAG.sequence) throw new DerError(unexpected(what, element.tag));
  return new Cursor(element, what);
}

/** Reads all elements of a SEQUENCE OF. */
export function elements({ source, contentStart, end }: Element): Element[] {
  const found: Element[] = [];
  for (let at = contentStart; at < end;) {
    if (found.length >= LIMITS.derElements) throw new DerError('has too many elements');
    const element = readElement(source, at, end);
    found.push(element);
    at = element.end;
  }
  return found;
}

/** Returns the octets of a BIT STRING without unused bits. */
export function wholeOctets({ source, contentStart, end }: Element): Uint8Array {
  if (contentStart === end || source[contentStart] !== 0)
    throw new DerError('has a BIT STRING that is not of whole octets');
  return source.subarray(contentStart + 1, end);
}

function unexpected(what: string, tag: number): string {
  return `has tag 0x${tag.toString(16).padStart(2, '0')} where ${what} should be`;
}
