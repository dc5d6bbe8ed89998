import { toHex } from '../util/bytes.js';
import { type Instant, instantOf } from '../util/time.js';
import { DerError, type Element, TAG } from './der.js';

const LONGEST_OID = 64;

/** Checks that every arc of an OBJECT IDENTIFIER is complete and minimal (X.690 §8.19.2). Throws DerError. */
export function assertOid(content: Uint8Array): void {
  if (content.length === 0 || content.length > LONGEST_OID)
    throw new DerError('has an OBJECT IDENTIFIER of impossible length');
  let isFirst = true;
  for (const octet of content) {
    if (isFirst && octet === 0x80) throw new DerError('has an OBJECT IDENTIFIER that is not minimal');
    isFirst = octet < 0x80;
  }
  if (!isFirst) throw new DerError('has an unfinished OBJECT IDENTIFIER');
}

/** Reads the content octets of an OBJECT IDENTIFIER into dotted form (X.690 §8.19). Throws DerError. */
export function readOid(content: Uint8Array): string {
  assertOid(content);
  let dotted = '';
  let start = 0;
  let value = 0;
  for (let index = 0; index < content.length; index++) {
    const octet = content[index] as number;
    value = value * 128 + (octet & 0x7f);
    if (octet >= 0x80) continue;
    const arc = value <= Number.MAX_SAFE_INTEGER ? value : readLargeArc(content.subarray(start, index + 1));
    dotted += start === 0 ? firstTwoArcs(arc) : `.${arc}`;
    start = index + 1;
    value = 0;
  }
  return dotted;
}

function firstTwoArcs(first: number | bigint): string {
  if (typeof first === 'bigint') return `2.${first - 80n}`;
  const top = first < 80 ? Math.floor(first / 40) : 2;
  return `${top}.${first - top * 40}`;
}

/** Reads an arc that is too large for a number: the arcs below 2.25 are UUIDs (X.667 §7). */
function readLargeArc(octets: Uint8Array): bigint {
  return octets.reduce((sum, octet) => sum * 128n + BigInt(octet & 0x7f), 0n);
}

/** A time in DER: an instant, or a description of what is wrong with it. */
export type Time =
  | { readonly kind: 'exact'; readonly instant: Instant }
  | { readonly kind: 'malformed'; readonly text: string; readonly problem: string };

/** The number of octets that are shown. */
const LONGEST_TIME = 40;

/** Reads a GeneralizedTime in UTC, with seconds, without fractions (RFC 5280 §4.1.2.5.2, RFC 9919 §3.2.4). */
export function readGeneralizedTime(content: Uint8Array): Time {
  if (!isDigitsAndZ(content, 'YYYYMMDDHHMMSSZ'.length))
    return malformed(content, 'is not of the form YYYYMMDDHHMMSSZ');
  return readTime(content, 100 * pairAt(content, 0) + pairAt(content, 2), 4);
}

/** Reads the UTCTime of a certificate, for the years 1950 to 2049 (RFC 5280 §4.1.2.5.1). */
function readUtcTime(content: Uint8Array): Time {
  if (!isDigitsAndZ(content, 'YYMMDDHHMMSSZ'.length))
    return malformed(content, 'is not of the form YYMMDDHHMMSSZ');
  const year = pairAt(content, 0);
  return readTime(content, year < 50 ? 2000 + year : 1900 + year, 2);
}

/** Reads Time ::= CHOICE { utcTime, generalTime } (RFC 5280 §4.1). */
export function readCertificateTime(element: Element): Time {
  if (element.tag === TAG.utcTime) return readUtcTime(element.content);
  if (element.tag === TAG.generalizedTime) return readGeneralizedTime(element.content);
  return { kind: 'malformed', text: '', problem: 'is neither a UTCTime nor a GeneralizedTime' };
}

/** Reads the month and all after it, which begins at `at`. */
function readTime(content: Uint8Array, year: number, at: number): Time {
  const part = (index: number) => pairAt(content, at + 2 * index);
  const instant = instantOf([year, part(0), part(1)], [part(2), part(3), part(4)]);
  return instant === undefined
    ? malformed(content, 'is a date that does not exist')
    : { kind: 'exact', instant };
}

/** Reports whether the octets are digits, but for a Z at the end. */
function isDigitsAndZ(content: Uint8Array, length: number): boolean {
  if (content.length !== length || content[length - 1] !== 0x5a) return false;
  return content.subarray(0, -1).every((octet) => octet >= 0x30 && octet <= 0x39);
}

/** Returns the number of two decimal digits. */
function pairAt(content: Uint8Array, at: number): number {
  return 10 * ((content[at] as number) - 0x30) + (content[at + 1] as number) - 0x30;
}

function malformed(content: Uint8Array, problem: string): Time {
  return {
    kind: 'malformed',
    text: printable(String.fromCharCode(...content.subarray(0, LONGEST_TIME))),
    problem,
  };
}

function printable(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?');
}

/** Reads octets as an unsigned number, the most significant octet first (X.690 §8.3). */
export function unsigned(octets: Uint8Array): bigint {
  return octets.length === 0 ? 0n : BigInt(`0x${toHex(octets)}`);
}

export function isNegative(content: Uint8Array): boolean {
  return (content[0] ?? 0) >= 0x80;
}
