import { decode, parseTree, target } from './yaml/tree.js';
import type { SourceRange } from './yaml/source.js';
import type { Schema, Value } from './schema/value.js';
import type { Problems } from './problems.js';

/** A configuration file to parse. */
export interface Input {
  /** The name of the file in messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** 0 for the main file. */
  readonly order: number;
}

/** A file whose structure was checked. */
export type Parsed<T> =
  | { readonly kind: 'broken' }
  | { readonly kind: 'empty'; readonly range: SourceRange }
  | { readonly kind: 'section'; readonly section: T };

/** Parses a file: bytes → text → tree → section. Each step reports its problems. */
export function parse<T extends object>(
  { file, bytes, order }: Input,
  schema: Schema<T>,
  problems: Problems,
): Parsed<T> {
  const source = decode(file, bytes, order, problems);
  const tree = source && parseTree(source, problems);
  if (source === undefined || tree === undefined) return { kind: 'broken' };
  const start: SourceRange = { source, start: 0, end: 0 };
  if (tree.root === null) return { kind: 'empty', range: start };
  const node = target(tree, tree.root);
  const value: Value = { tree, node, key: start, ...NAMES };
  const section = schema.read(value);
  if (section === undefined) return { kind: 'broken' };
  return { kind: 'section', section };
}

const NAMES = { label: 'the configuration', example: 'minimum_validity: 3d' };
