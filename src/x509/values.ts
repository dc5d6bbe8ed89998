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

/** The number of octets that are read and shown. */
const LONGEST_TIME = 40;

const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** Reads a GeneralizedTime in UTC, with seconds, without fractions (RFC 5280 §4.1.2.5.2, RFC 9919 §3.2.4). */
export function readGeneralizedTime(content: Uint8Array): Time {
  return readTime(content, GENERALIZED, (year) => year, 'YYYYMMDDHHMMSSZ');
}

/** Reads the UTCTime of a certificate, for the years 1950 to 2049 (RFC 5280 §4.1.2.5.1). */
function readUtcTime(content: Uint8Array): Time {
  return readTime(content, UTC, (year) => (year < 50 ? 2000 + year : 1900 + year), 'YYMMDDHHMMSSZ');
}

/** Reads Time ::= CHOICE { utcTime, generalTime } (RFC 5280 §4.1). */
export function readCertificateTime(element: Element): Time {
  if (element.tag === TAG.utcTime) return readUtcTime(element.content);
  if (element.tag === TAG.generalizedTime) return readGeneralizedTime(element.content);
  return { kind: 'malformed', text: '', problem: 'is neither a UTCTime nor a GeneralizedTime' };
}

function readTime(content: Uint8Array, form: RegExp, century: (year: number) => number, model: string): Time {
  const text = String.fromCharCode(...content.subarray(0, LONGEST_TIME));
  const malformed = (problem: string): Time => ({ kind: 'malformed', text: printable(text), problem });
  const fields = form.exec(text)?.slice(1).map(Number);
  if (fields === undefined) return malformed(`is not of the form ${model}`);
  const [year, month, day, hour, minute, second] = fields as [number, number, number, number, number, number];
  const instant = instantOf([century(year), month, day], [hour, minute, second]);
  return instant === undefined ? malformed('is no date that exists') : { kind: 'exact', instant };
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
