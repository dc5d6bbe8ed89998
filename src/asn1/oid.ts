import { DerError } from './der.js';

const LONGEST = 64;

/** Whether every arc of an OBJECT IDENTIFIER is whole and minimal (X.690 §8.19.2). Throws DerError. */
export function assertOid(content: Uint8Array): void {
  if (content.length === 0 || content.length > LONGEST)
    throw new DerError('has an OBJECT IDENTIFIER of impossible length');
  let isFirst = true;
  for (const octet of content) {
    if (isFirst && octet === 0x80) throw new DerError('has an OBJECT IDENTIFIER that is not minimal');
    isFirst = octet < 0x80;
  }
  if (!isFirst) throw new DerError('has an unfinished OBJECT IDENTIFIER');
}

/** Dotted form of an OBJECT IDENTIFIER's content octets (X.690 §8.19). Throws DerError. */
export function readOid(content: Uint8Array): string {
  assertOid(content);
  let dotted = '';
  let start = 0;
  let value = 0;
  for (let index = 0; index < content.length; index++) {
    const octet = content[index] as number;
    value = value * 128 + (octet & 0x7f);
    if (octet >= 0x80) continue;
    const arc = value <= Number.MAX_SAFE_INTEGER ? value : exactly(content.subarray(start, index + 1));
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

/** What a number cannot hold: the arcs below 2.25 are UUIDs (X.667 §7). */
function exactly(octets: Uint8Array): bigint {
  return octets.reduce((sum, octet) => sum * 128n + BigInt(octet & 0x7f), 0n);
}
