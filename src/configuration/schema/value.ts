import { isMap, isScalar, isSeq } from 'yaml';
import { quote } from '../../util/text.js';
import type { SourceRange } from '../yaml/source.js';
import { type Content, rangeOf, type Tree } from '../yaml/tree.js';

/** A value of a key or an item of a list, before it is interpreted. */
export interface Value {
  readonly tree: Tree;
  /** The node after resolving aliases; null if the value is missing. */
  readonly node: Content;
  /** The place of the key, for messages about a missing value. */
  readonly key: SourceRange;
  /** The name of the value in messages. */
  readonly label: string;
  /** A valid line. */
  readonly example: string;
}

/** A kind of value. `read` returns the value, or reports a problem and returns undefined. */
export interface Schema<T> {
  /** Completes "must be …". */
  readonly expected: string;
  read(value: Value): T | undefined;
  /** Says the same as far as a JSON Schema can, for editors. Only the build of the manual calls it. */
  jsonSchema(describe: DescribeKey): JsonSchema;
}

/** A JSON Schema of draft 7, which editors know best. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Returns what a JSON Schema says about a key besides its value, like its description. */
export type DescribeKey = (key: object) => JsonSchema;

/** A value that was read, with its place and the place of its key. */
export interface Located<T> {
  readonly value: T;
  readonly range: SourceRange;
  readonly key: SourceRange;
}

/** A scalar as YAML 1.1 interprets it. A quoted scalar is always text. */
export type Scalar =
  | { readonly type: 'nothing' }
  | { readonly type: 'truth'; readonly text: string; readonly truth: boolean }
  | { readonly type: 'number'; readonly text: string }
  | { readonly type: 'text'; readonly text: string };

const NOTHING = new Set(['', '~', 'null', 'Null', 'NULL']);
// The same words as in PyYAML: y and n alone are text.
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NUMBER = /^[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/** Interprets a scalar. Returns undefined for a list or a mapping. */
export function scalarOf(node: Content): Scalar | undefined {
  if (node === null) return { type: 'nothing' };
  if (!isScalar(node)) return undefined;
  const text = String(node.value);
  return node.type === 'PLAIN' ? plainScalar(text) : { type: 'text', text };
}

function plainScalar(text: string): Scalar {
  if (NOTHING.has(text)) return { type: 'nothing' };
  if (TRUE.test(text)) return { type: 'truth', text, truth: true };
  if (FALSE.test(text)) return { type: 'truth', text, truth: false };
  return { type: NUMBER.test(text) ? 'number' : 'text', text };
}

/** Returns the place of a value, or of its key if the value is missing. */
function rangeOfValue({ tree, node, key }: Value): SourceRange {
  return node === null || node.range[0] === node.range[1] ? key : rangeOf(tree, node);
}

/** Reads a value and keeps its place. */
export function located<T>(schema: Schema<T>, value: Value): Located<T> | undefined {
  const read = schema.read(value);
  return read === undefined ? undefined : { value: read, range: rangeOfValue(value), key: value.key };
}

export function report(value: Value, message: string, hint?: string): undefined {
  value.tree.problems.add(rangeOfValue(value), message, hint);
  return undefined;
}

/** Reports a problem of a value that is never shown, nor the line with it. */
export function reportSecret(value: Value, message: string, hint: string): undefined {
  value.tree.problems.add(rangeOfValue(value), message, hint, 'hidden');
  return undefined;
}

/** Reports a value of the wrong kind: what was expected, what was found, and a valid example. */
export function mismatch(value: Value, expected: string): undefined {
  const found = describe(value.node);
  const message =
    found === undefined
      ? `${value.label} has no value`
      : `${value.label} must be ${expected}, but is ${found}`;
  return report(
    value,
    message,
    isNeedlesslyQuoted(value.node) ? 'remove the quotes' : `write for example: ${value.example}`,
  );
}

/** Reports whether a quoted scalar would be a number or a truth value without its quotes. */
function isNeedlesslyQuoted(node: Content): boolean {
  return isScalar(node) && node.type !== 'PLAIN' && plainScalar(String(node.value)).type !== 'text';
}

function describe(node: Content): string | undefined {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  const scalar = scalarOf(node);
  switch (scalar?.type) {
    case 'truth':
      return `the truth value ${scalar.text}`;
    case 'number':
      return `the number ${scalar.text}`;
    case 'text':
      return `the text ${quote(scalar.text)}`;
    case 'nothing':
    case undefined:
      return undefined;
  }
}

/** Keys of sections, and names in mappings of names, whose values were refused and reported. */
const refused = new WeakMap<object, ReadonlySet<string>>();

export function noteRefused(section: object, keys: ReadonlySet<string>): void {
  if (keys.size > 0) refused.set(section, keys);
}

/**
 * Reports whether one of the keys is present and its value was refused. Then neither its default nor its absence may be
 * used: the administrator meant something else.
 */
export function isRefused<S extends object>(
  section: S,
  ...keys: readonly (S extends readonly unknown[] ? string : keyof S & string)[]
): boolean {
  return keys.some((key) => refused.get(section)?.has(key) === true);
}
