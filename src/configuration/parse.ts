import { decode, parseTree, target } from './yaml/tree.js';
import type { SourceRange } from './yaml/source.js';
import type { Kind, Value } from './schema/value.js';
import type { Problems } from './problems.js';

/** A configuration file to be interpreted. */
export interface Input {
  /** As messages call it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The main file is 0. */
  readonly order: number;
}

/** A file after its shape has been checked. */
export type Parsed<T> =
  | { readonly kind: 'broken' }
  | { readonly kind: 'empty'; readonly spot: SourceRange }
  | { readonly kind: 'section'; readonly section: T };

/** Octets → text → tree → section. Whatever is wrong is reported on the way. */
export function parse<T extends object>(
  { file, bytes, order }: Input,
  kind: Kind<T>,
  problems: Problems,
): Parsed<T> {
  const source = decode(file, bytes, order, problems);
  const tree = source && parseTree(source, problems);
  if (source === undefined || tree === undefined) return { kind: 'broken' };
  const start: SourceRange = { source, start: 0, end: 0 };
  if (tree.root === null) return { kind: 'empty', spot: start };
  const node = target(tree, tree.root);
  const value: Value = { tree, node, key: start, ...NAMES };
  const section = kind.read(value);
  if (section === undefined) return { kind: 'broken' };
  return { kind: 'section', section };
}

const NAMES = { label: 'the configuration', example: 'minimum_validity: 3d' };
