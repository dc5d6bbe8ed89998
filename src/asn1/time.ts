import { instantOf, type Instant } from '../time/instant.js';
import { TAG, type Element } from './der.js';

/** A time as it was written: one that can be told exactly, or words about what is wrong with it. */
export type Time =
  | { readonly kind: 'exact'; readonly instant: Instant }
  | { readonly kind: 'malformed'; readonly text: string; readonly problem: string };

/** Octets that are looked at, and shown. */
const LONGEST = 40;

const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** GeneralizedTime as RFC 5280 §4.1.2.5.2 and RFC 9919 §3.2.4 want it: UTC, with seconds, without fractions. */
export function readGeneralizedTime(content: Uint8Array): Time {
  return readTime(content, GENERALIZED, (year) => year, 'YYYYMMDDHHMMSSZ');
}

/** UTCTime of a certificate: years 1950 to 2049 (RFC 5280 §4.1.2.5.1). */
function readUtcTime(content: Uint8Array): Time {
  return readTime(content, UTC, (year) => (year < 50 ? 2000 + year : 1900 + year), 'YYMMDDHHMMSSZ');
}

/** Time ::= CHOICE { utcTime, generalTime } (RFC 5280 §4.1). */
export function readCertificateTime(element: Element): Time {
  if (element.tag === TAG.utcTime) return readUtcTime(element.content);
  if (element.tag === TAG.generalizedTime) return readGeneralizedTime(element.content);
  return { kind: 'malformed', text: '', problem: 'is neither a UTCTime nor a GeneralizedTime' };
}

function readTime(content: Uint8Array, form: RegExp, century: (year: number) => number, model: string): Time {
  const text = String.fromCharCode(...content.subarray(0, LONGEST));
  const malformed = (problem: string): Time => ({ kind: 'malformed', text: printable(text), problem });
  const fields = form.exec(text)?.slice(1).map(Number);
  if (fields === undefined) return malformed(`is not of the form ${model}`);
  const [year, month, day, hour, minute, second] = fields as [number, number, number, number, number, number];
  const instant = instantOf(century(year), month, day, hour, minute, second);
  return instant === undefined ? malformed('is no date that exists') : { kind: 'exact', instant };
}

function printable(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?');
}
