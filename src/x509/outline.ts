import { TAG } from './der.js';

/** The greatest depth and length of an outline. */
const DEPTH = 3;
const SYMBOLS = 40;

const LETTERS: ReadonlyMap<number, string> = new Map([
  [TAG.boolean, 'z'],
  [TAG.bitString, 'b'],
  [TAG.octetString, 'o'],
  [TAG.null, 'n'],
  [TAG.oid, 'd'],
  [TAG.enumerated, 'e'],
  [TAG.utcTime, 't'],
  [TAG.generalizedTime, 't'],
]);

/**
 * Outlines the beginning of BER or DER in letters: `((v()` is a SEQUENCE that begins with a SEQUENCE that begins with
 * an INTEGER of one octet (mostly a version; `i` is a longer one) and a SEQUENCE; `0` to `9` are context tags. It
 * accepts any bytes, even with a missing end or indefinite lengths (X.690 §8.1.3.6), and reads few of them.
 */
export function outline(bytes: Uint8Array): string {
  let text = '';
  const walk = (start: number, end: number, depth: number): number | undefined => {
    for (let at = start; at < end && text.length < SYMBOLS;) {
      const header = readHeader(bytes, at);
      if (header === undefined) return undefined;
      const { tag, contentStart, length } = header;
      const contentEnd = length === undefined ? end : contentStart + length;
      const isSequence = tag === TAG.sequence || tag === TAG.set;
      text += isSequence ? '(' : letterOf(tag, length);
      if (
        isSequence &&
        depth < DEPTH &&
        walk(contentStart, Math.min(contentEnd, end), depth + 1) === undefined
      )
        return undefined;
      // The end of an indefinite length is unknown.
      if (length === undefined || contentEnd > end) return undefined;
      if (isSequence) text += ')';
      at = contentEnd;
    }
    return end;
  };
  walk(0, bytes.length, 1);
  return text;
}

interface Header {
  readonly tag: number;
  readonly contentStart: number;
  /** Undefined if the length is indefinite. */
  readonly length: number | undefined;
}

function readHeader(bytes: Uint8Array, at: number): Header | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined) return undefined;
  if (first < 0x80) return { tag, contentStart: at + 2, length: first };
  const count = first & 0x7f;
  const contentStart = at + 2 + count;
  if (count > 4 || contentStart > bytes.length) return undefined;
  if (count === 0) return { tag, contentStart, length: undefined };
  const length = bytes.subarray(at + 2, contentStart).reduce((sum, octet) => sum * 256 + octet, 0);
  return { tag, contentStart, length };
}

function letterOf(tag: number, length: number | undefined): string {
  if (tag === TAG.integer) return length === 1 ? 'v' : 'i';
  const isContext = tag >= 0x80 && tag < 0xc0 && (tag & 0x1f) < 10;
  return isContext ? String(tag & 0x1f) : (LETTERS.get(tag) ?? 'u');
}
