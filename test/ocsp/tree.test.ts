import { describe, expect, test } from 'vitest';
import { octets, oid, seq } from '../support/der.js';
import { extension } from '../support/extensions.js';
import { encode, nodesOf, readTree } from './support/tree.js';

/** A mutation is the change that it is called only if the tree, encoded unchanged, is the element that was read. */
describe('a tree of DER', () => {
  test.each([
    ['a SEQUENCE', [0x30, 0x12, 0x04]],
    ['a SEQUENCE of one element', [0x30, 0x12, 0x04, 0x10]],
    ['a SEQUENCE whose element is too long for it', [0x30, 0x81, 0x11, 0x04, 0x20]],
    ['an OCTET STRING', [0x04, 0x12, 0x30, 0x10]],
  ])('leaves a hash as it is that looks like %s', (_, beginning) => {
    const hash = new Uint8Array(20);
    hash.set(beginning);
    const tree = readTree(seq(seq(oid('1.3.14.3.2.26')), octets(hash)));
    expect(encode(tree)).toEqual(seq(seq(oid('1.3.14.3.2.26')), octets(hash)));
    expect(pathsOf(tree)).toEqual(['', '0', '0.0', '1']);
  });

  test('has the element in an extension', () => {
    const der = extension('1.2.3.4', seq(octets(Uint8Array.of(0x30, 0x00))));
    expect(encode(readTree(der))).toEqual(der);
    expect(pathsOf(readTree(der))).toEqual(['', '0', '1', '1.0', '1.0.0']);
  });
});

function pathsOf(tree: ReturnType<typeof readTree>): string[] {
  return [...nodesOf(tree)].map(({ path }) => path);
}
