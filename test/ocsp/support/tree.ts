import { childrenOf, concat, contentOf, type Octets, tlv } from '../../support/der.js';

/** An element of a sound DER tree, with the element in an extnValue (RFC 5280 §4.1) or in a response (RFC 6960 §4.2.1). */
export interface Node {
  /** Indexes from the root down: `0.1.3`. */
  readonly path: string;
  readonly tag: number;
  readonly content: Octets;
  readonly children: readonly Node[];
}

export function readTree(element: Octets, path = '', holdsElement = false): Node {
  const tag = element[0] as number;
  const inner = (tag & CONSTRUCTED) !== 0 || holdsElement ? childrenOf(element) : [];
  // The octets of an OCTET STRING do not tell what it holds: a hash may look like an element.
  const isTyped = inner[0]?.[0] === OBJECT_IDENTIFIER;
  const children = inner.map((child, index) =>
    readTree(child, path === '' ? `${index}` : `${path}.${index}`, isTyped && child[0] === OCTET_STRING),
  );
  return { path, tag, content: contentOf(element), children };
}

const CONSTRUCTED = 0x20;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;

/** Encodes the tree, with `replacement` instead of `target`. All enclosing lengths are adjusted. */
export function encode(node: Node, target?: Node, replacement: Octets = concat()): Octets {
  if (node === target) return replacement;
  if (node.children.length === 0) return tlv(node.tag, node.content);
  return tlv(node.tag, ...node.children.map((child) => encode(child, target, replacement)));
}

/** Lists a node and all nodes below it. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}
