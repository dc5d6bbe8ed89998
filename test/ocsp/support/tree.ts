import { childrenOf, concat, contentOf, type Octets, tlv } from '../../support/der.js';

/** An element of a sound DER tree. Elements inside of OCTET STRINGs belong to the tree. */
export interface Node {
  /** Indexes from the root down: `0.1.3`. */
  readonly path: string;
  readonly tag: number;
  readonly content: Octets;
  readonly children: readonly Node[];
}

export function readTree(element: Octets, path = ''): Node {
  const content = contentOf(element);
  const inner = isParent(element) ? childrenOf(element) : [];
  const children = inner.map((child, index) =>
    readTree(child, path === '' ? `${index}` : `${path}.${index}`),
  );
  return { path, tag: element[0] as number, content, children };
}

function isParent(element: Octets): boolean {
  const tag = element[0] as number;
  return (tag & 0x20) !== 0 || (tag === 0x04 && isOneElement(contentOf(element)));
}

function isOneElement(octets: Octets): boolean {
  const [tag, first, second = 0, third = 0] = octets;
  if (tag === undefined || first === undefined) return false;
  if (first === 0x81) return octets.length === 3 + second;
  if (first === 0x82) return octets.length === 4 + second * 256 + third;
  return octets.length === 2 + first;
}

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
