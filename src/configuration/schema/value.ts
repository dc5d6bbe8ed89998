import { isMap, isScalar, isSeq } from 'yaml';
import { quote } from '../../util/text.js';
import type { SourceRange } from '../yaml/source.js';
import { type Content, spotOf, type Tree } from '../yaml/tree.js';

/** What stands at a key or in a list, not yet interpreted. */
export interface Value {
  readonly tree: Tree;
  /** Aliases are resolved; null where nothing stands. */
  readonly node: Content;
  /** The key, for messages about a value that is not there. */
  readonly key: SourceRange;
  /** Names the value in messages. */
  readonly label: string;
  /** A line that would be right. */
  readonly example: string;
}

/** A kind of value: reads what it understands, and reports what it does not by returning undefined. */
export interface Kind<T> {
  /** Completes "must be …". */
  readonly expected: string;
  read(value: Value): T | undefined;
}

/** A value that was read, and where it and its key stand. */
export interface Located<T> {
  readonly value: T;
  readonly spot: SourceRange;
  readonly key: SourceRange;
}

/** Scalars as YAML 1.1 sees them: quoted ones are always text. */
export type Scalar =
  | { readonly type: 'nothing' }
  | { readonly type: 'truth'; readonly text: string; readonly truth: boolean }
  | { readonly type: 'number'; readonly text: string }
  | { readonly type: 'text'; readonly text: string };

const NOTHING = new Set(['', '~', 'null', 'Null', 'NULL']);
// As PyYAML has it: y and n alone are text.
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NUMBER = /^[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/** undefined for a list or a mapping. */
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

/** The place of a value; of its key where there is no value. */
export function spot({ tree, node, key }: Value): SourceRange {
  return node === null || node.range[0] === node.range[1] ? key : spotOf(tree, node);
}

/** Reads a value, and keeps its place. */
export function located<T>(kind: Kind<T>, value: Value): Located<T> | undefined {
  const read = kind.read(value);
  return read === undefined ? undefined : { value: read, spot: spot(value), key: value.key };
}

export function report(value: Value, message: string, hint?: string): undefined {
  value.tree.problems.add(spot(value), message, hint);
  return undefined;
}

/** Reports a value of another kind than expected: what it must be, what was found, what would be right. */
export function mismatch(value: Value, expected: string): undefined {
  const found = describe(value.node);
  const message =
    found === undefined
      ? `${value.label} has no value`
      : `${value.label} must be ${expected}, but is ${found}`;
  return report(
    value,
    message,
    isQuotedInVain(value.node) ? 'remove the quotes' : `write for example: ${value.example}`,
  );
}

/** Whether quotes make text of what would be a number or a truth value without them. */
function isQuotedInVain(node: Content): boolean {
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
