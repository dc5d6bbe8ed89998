import { DerError } from './der.js';

/** Dotted form of an OBJECT IDENTIFIER's content octets (X.690 §8.19). */
export function readOid(content: Uint8Array): string {
  if (content.length === 0 || content.length > 64)
    throw new DerError('has an OBJECT IDENTIFIER of impossible length');
  if (((content[content.length - 1] as number) & 0x80) !== 0)
    throw new DerError('has an unfinished OBJECT IDENTIFIER');
  const [first = 0, ...arcs] = subidentifiers(content);
  return [...firstTwoArcs(first), ...arcs].join('.');
}

function firstTwoArcs(first: number | bigint): (number | bigint)[] {
  if (typeof first === 'bigint') return [2, first - 80n];
  const top = first < 80 ? Math.floor(first / 40) : 2;
  return [top, first - top * 40];
}

function subidentifiers(content: Uint8Array): (number | bigint)[] {
  const arcs: (number | bigint)[] = [];
  let start = 0;
  let value = 0;
  for (let index = 0; index < content.length; index++) {
    const octet = content[index] as number;
    if (index === start && octet === 0x80) throw new DerError('has an OBJECT IDENTIFIER that is not minimal');
    value = value * 128 + (octet & 0x7f);
    if (octet >= 0x80) continue;
    arcs.push(value <= Number.MAX_SAFE_INTEGER ? value : exactly(content.subarray(start, index + 1)));
    start = index + 1;
    value = 0;
  }
  return arcs;
}

/** What a number cannot hold: the arcs below 2.25 are UUIDs (X.667 §7). */
function exactly(octets: Uint8Array): bigint {
  return octets.reduce((sum, octet) => sum * 128n + BigInt(octet & 0x7f), 0n);
}
