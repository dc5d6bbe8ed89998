import { isMap } from 'yaml';
import { fieldsOf } from '../document/fields.js';
import type { Field } from '../document/fields.js';
import { didYouMean } from '../suggestions.js';
import { quote } from '../../text/visible.js';
import { located, mismatch, scalarOf } from './kind.js';
import type { Kind, Located, Value } from './kind.js';
import { noteRefused } from './refused.js';

/** A key that a record may have. */
export interface Key<T> {
  readonly kind: Kind<T>;
  /** What it is for, in a few words. */
  readonly about: string;
  /** A value that would be right. */
  readonly example: string;
  readonly required?: true;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;

type ValueOf<K> = K extends Key<infer T> ? T : never;

/** What was written for each key, and could be read. */
export type RecordOf<K extends Keys> = { readonly [Name in keyof K]?: Located<ValueOf<K[Name]>> };

/** Where a key belongs that is unknown at its place, as a sentence of advice. */
export type Elsewhere = (key: string) => string | undefined;

/** A mapping with the given keys and no others. */
export function record<const K extends Keys>(keys: K, elsewhere: Elsewhere): Kind<RecordOf<K>> {
  const expected = 'a mapping of keys to values';
  const required = Object.keys(keys).filter((name) => keys[name]?.required);
  const read = (value: Value): RecordOf<K> | undefined => {
    const isNothing = scalarOf(value.node)?.type === 'nothing';
    if (!isNothing && !isMap(value.node)) return mismatch(value, expected);
    const found: Record<string, Located<unknown>> = {};
    const fields = isMap(value.node) ? fieldsOf(value.tree, value.node) : new Map<string, Field>();
    const wrong = new Set<string>();
    for (const field of fields.values()) {
      const read = readField(value, keys, field, elsewhere);
      if (read === undefined) wrong.add(field.name);
      else found[field.name] = read;
    }
    noteRefused(found, wrong);
    for (const name of required) if (!fields.has(name)) reportMissing(value, name, keys[name]);
    return found as RecordOf<K>;
  };
  return { expected, read };
}

function readField(
  value: Value,
  keys: Keys,
  field: Field,
  elsewhere: Elsewhere,
): Located<unknown> | undefined {
  const { name, key, node } = field;
  const known = Object.hasOwn(keys, name) ? keys[name] : undefined;
  // By custom these are the administrator's own: anchors for aliases, mostly.
  if (known === undefined && name.startsWith('x-')) return undefined;
  if (known === undefined) {
    const hint =
      didYouMean(name, Object.keys(keys)) ?? elsewhere(name) ?? `known here: ${Object.keys(keys).join(', ')}`;
    value.tree.problems.add(key, `unknown key ${quote(name)} in ${value.label}`, hint);
    return undefined;
  }
  const label = `"${name}"`;
  return located(known.kind, { tree: value.tree, node, key, label, example: `${name}: ${known.example}` });
}

function reportMissing(value: Value, name: string, key: Key<unknown> | undefined): void {
  const hint = `add ${key?.about}, for example: ${name}: ${key?.example}`;
  value.tree.problems.add(value.key, `${value.label} has no "${name}"`, hint);
}
