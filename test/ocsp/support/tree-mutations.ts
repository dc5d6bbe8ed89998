import { sampled } from '../../support/campaign.js';
import { concat, hex, nul, type Octets, tlv } from '../../support/der.js';
import { IMPOSSIBLE_TIMES } from './times.js';
import { encode, type Node, nodesOf, readTree } from './tree.js';

/** A name of a change, and the bytes that replace a node. */
type Change = readonly [name: string, replacement: Octets];

/**
 * Every change at every level of the tree, as whole responses; for a sample those of one node of eight. Changes that change
 * nothing are left out.
 */
export function* treeMutations(der: Octets): Generator<readonly [name: string, bytes: Octets]> {
  const root = readTree(der);
  for (const node of sampled(nodesOf(root), 8)) {
    for (const [name, replacement] of changesOf(node)) {
      const mutated = encode(root, node, replacement);
      if (!Buffer.from(mutated).equals(der)) yield [`${node.path} ${name}`, mutated];
    }
  }
}

function* changesOf(node: Node): Generator<Change> {
  yield* neighbours(node);
  yield* orders(node);
  yield* tags(node);
  yield* lengths(node);
  yield* depths(node);
  if (node.tag === 0x02 || node.tag === 0x0a) yield* integers(node);
  if (node.tag === 0x17 || node.tag === 0x18) yield* times(node);
}

/** Deletes, empties and duplicates a node, and adds stray elements around it and inside it. */
function* neighbours(node: Node): Generator<Change> {
  const whole = encode(node);
  yield ['deleted', concat()];
  yield ['emptied', tlv(node.tag)];
  yield ['twice', concat(whole, whole)];
  yield ['a thousand times', concat(...Array.from({ length: 1000 }, () => whole))];
  for (const [what, octets] of STRAY) {
    yield [`${what} after`, concat(whole, octets)];
    yield [`${what} before`, concat(octets, whole)];
    yield [`${what} at the end`, tlv(node.tag, node.content, octets)];
    yield [`${what} at the beginning`, tlv(node.tag, octets, node.content)];
  }
}

const STRAY = [
  ['zero octet', hex('00')],
  ['ff octet', hex('ff')],
  ['end-of-contents', hex('0000')],
  ['NULL', nul()],
  ['empty SEQUENCE', hex('3000')],
  ['empty [0]', hex('a000')],
  ['empty [1]', hex('a100')],
] as const;

/** Swaps every two neighbours, and reverses all. */
function* orders({ tag, children }: Node): Generator<Change> {
  const encoded = children.map((child) => encode(child));
  for (let at = 1; at < encoded.length; at++) {
    const [one, other] = [encoded[at - 1] as Octets, encoded[at] as Octets];
    yield [`${at - 1} and ${at} changed over`, tlv(tag, ...encoded.toSpliced(at - 1, 2, other, one))];
  }
  if (encoded.length > 2) yield ['backwards', tlv(tag, ...encoded.toReversed())];
}

/** Universal tags, with all string types, and context-specific tags in both forms. */
const TAGS = [
  ...[0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x09, 0x0a, 0x0c, 0x0d, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18],
  ...[0x19, 0x1a, 0x1b, 0x1c, 0x1e, 0x1f, 0x24, 0x30, 0x31, 0x40, 0x60, 0xc0, 0xe0, 0x00],
  ...[0x80, 0x81, 0x82, 0x83, 0xa0, 0xa1, 0xa2, 0xa3],
];

function* tags({ tag, content }: Node): Generator<Change> {
  for (const other of TAGS) {
    if (other !== tag) yield [`tag ${other.toString(16).padStart(2, '0')}`, tlv(other, content)];
  }
  yield ['tag in the high form', concat(hex('3f 8a 00'), tlv(tag, content).subarray(1))];
}

/** Makes lengths that BER allows and DER does not, and wrong lengths. */
function* lengths({ tag, content }: Node): Generator<Change> {
  const withLength = (length: Octets, ...more: Octets[]) =>
    concat(Uint8Array.of(tag), length, content, ...more);
  const octets = Uint8Array.of(
    content.length >> 24,
    content.length >> 16,
    content.length >> 8,
    content.length,
  );
  yield ['of indefinite length', withLength(hex('80'), hex('0000'))];
  yield ['constructed, of indefinite length', concat(hex('24 80'), tlv(tag, content), hex('0000'))];
  yield ['length of 4 octets', withLength(concat(hex('84'), octets))];
  yield ['length of 5 octets', withLength(concat(hex('85 00'), octets))];
  yield ['length of 126 octets', withLength(concat(hex('fe'), new Uint8Array(122), octets))];
  yield ['length of a reserved form', withLength(concat(hex('ff'), octets))];
  yield ['padded length', withLength(concat(hex('83'), octets.subarray(1)))];
  yield ['length of 4 GiB', withLength(hex('84 ffffffff'))];
  yield ['length of 2 GiB', withLength(hex('84 80000000'))];
  yield ['length beyond 2^53', withLength(hex('88 ffffffffffffffff'))];
}

const LEVELS = 10_000;

function* depths(node: Node): Generator<Change> {
  const whole = encode(node);
  for (const tag of [0x30, 0x31, 0xa0, 0x04]) yield [`wrapped in ${tag.toString(16)}`, tlv(tag, whole)];
  for (const tag of [0x30, 0xa0]) yield [`${LEVELS} levels of ${tag.toString(16)} deep`, nested(tag, whole)];
  yield [`${LEVELS} levels deep, without an end`, ENDLESS];
}

const ENDLESS = hex('3080'.repeat(LEVELS));

/** Nests an element. It is written from the inside out, from the end of a buffer. */
export function nested(tag: number, core: Octets, levels = LEVELS): Octets {
  const room = Buffer.alloc(core.length + levels * 5);
  let start = room.length - core.length;
  room.set(core, start);
  for (let level = 0; level < levels; level++) {
    const header = headerOf(tag, room.length - start);
    start -= header.length;
    room.set(header, start);
  }
  return new Uint8Array(room.subarray(start));
}

function headerOf(tag: number, length: number): number[] {
  if (length < 0x80) return [tag, length];
  if (length < 0x100) return [tag, 0x81, length];
  if (length < 0x10000) return [tag, 0x82, length >> 8, length & 0xff];
  return [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
}

function* integers({ tag, content }: Node): Generator<Change> {
  const written = (octets: Octets) => tlv(tag, octets);
  yield ['padded with zero', written(concat(hex('00'), content))];
  yield ['padded with ff', written(concat(hex('ff'), content))];
  yield ['negative', written(hex('ff7f'))];
  yield ['-1', written(hex('ff'))];
  for (const size of [2, 5, 9, 21, 128, 1000, 65_536, 1 << 20]) {
    yield [`of ${size} octets`, written(new Uint8Array(size).fill(0x7f))];
  }
}

function* times({ tag }: Node): Generator<Change> {
  for (const text of IMPOSSIBLE_TIMES)
    yield [`is ${JSON.stringify(text)}`, tlv(tag, Buffer.from(text, 'latin1'))];
}
