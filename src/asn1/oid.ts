import { DerError } from './der.js';

/** Dotted form of an OBJECT IDENTIFIER's content octets (X.690 §8.19). */
export function readOid(content: Uint8Array): string {
  if (content.length === 0 || content.length > 64)
    throw new DerError('has an OBJECT IDENTIFIER of impossible length');
  if (((content[content.length - 1] as number) & 0x80) !== 0)
    throw new DerError('has an unfinished OBJECT IDENTIFIER');
  const arcs = subidentifiers(content);
  const first = arcs[0] as number;
  const top = first < 80 ? Math.floor(first / 40) : 2;
  return [top, first - top * 40, ...arcs.slice(1)].join('.');
}

function subidentifiers(content: Uint8Array): number[] {
  const arcs: number[] = [];
  let value = 0;
  for (const octet of content) {
    if (value === 0 && octet === 0x80) throw new DerError('has an OBJECT IDENTIFIER that is not minimal');
    value = value * 128 + (octet & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER) throw new DerError('has an OBJECT IDENTIFIER with an arc too large');
    if (octet >= 0x80) continue;
    arcs.push(value);
    value = 0;
  }
  return arcs;
}
