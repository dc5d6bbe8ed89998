import { isMap, isSeq } from 'yaml';
import { quote, SAFE, unsafeCharacter } from '../../util/text.js';
import { didYouMean } from '../../util/nearest.js';
import { type Field, fieldsOf } from '../yaml/fields.js';
import { rangeOf, target } from '../yaml/tree.js';
import {
  noteRefused,
  type DescribeKey,
  type JsonSchema,
  type Schema,
  located,
  type Located,
  mismatch,
  scalarOf,
  type Value,
} from './value.js';

/** A list. A missing value is an empty list. */
export function list<T>(schema: Schema<T>): Schema<readonly Located<T>[]> {
  const expected = 'a list';
  const read = (value: Value): Located<T>[] | undefined => {
    if (scalarOf(value.node)?.type === 'nothing') return [];
    if (!isSeq(value.node)) return mismatch(value, expected);
    const items: Located<T>[] = [];
    for (const item of value.node.items) {
      const label = `an item of ${value.label}`;
      const found = located(schema, {
        ...value,
        node: target(value.tree, item),
        key: rangeOf(value.tree, item),
        label,
      });
      if (found !== undefined) items.push(found);
    }
    return items;
  };
  return {
    expected,
    read,
    jsonSchema: (describe) => ({ type: ['array', 'null'], items: schema.jsonSchema(describe) }),
  };
}

/** A list, or a single item without a list. */
export function oneOrMore<T>(schema: Schema<T>): Schema<readonly Located<T>[]> {
  const many = list(schema);
  const read = (value: Value): readonly Located<T>[] | undefined => {
    if (scalarOf(value.node)?.type === 'nothing' || isSeq(value.node)) return many.read(value);
    const one = located(schema, value);
    return one === undefined ? undefined : [one];
  };
  return {
    expected: many.expected,
    read,
    jsonSchema: (describe) => ({ anyOf: [schema.jsonSchema(describe), many.jsonSchema(describe)] }),
  };
}

export interface Named<T> extends Located<T> {
  readonly name: string;
}

/**
 * A mapping whose keys are names that the administrator chooses. A missing value is an empty mapping. `names` is a pattern
 * for editors.
 */
export function named<T>(
  schema: Schema<T>,
  title: string,
  names = `^${SAFE}+$`,
): Schema<readonly Named<T>[]> {
  const expected = 'a mapping of names';
  const read = (value: Value): Named<T>[] | undefined => {
    if (scalarOf(value.node)?.type === 'nothing') return [];
    if (!isMap(value.node)) return mismatch(value, expected);
    const items: Named<T>[] = [];
    const wrong = new Set<string>();
    for (const { name, key, node } of fieldsOf(value.tree, value.node).values()) {
      const item = { tree: value.tree, node, key, label: `${title} ${quote(name)}`, example: value.example };
      const isUsable = isUsableName(item, name);
      const found = located(schema, item);
      if (isUsable && found !== undefined) items.push({ name, ...found });
      else wrong.add(name);
    }
    noteRefused(items, wrong);
    return items;
  };
  return {
    expected,
    read,
    jsonSchema: (describe) => ({
      type: ['object', 'null'],
      propertyNames: { pattern: names },
      additionalProperties: schema.jsonSchema(describe),
    }),
  };
}

function isUsableName(item: Value, name: string): boolean {
  const unsafe = unsafeCharacter(name);
  if (name !== '' && unsafe === undefined) return true;
  const fault =
    unsafe === undefined ? 'this name is empty' : `this name contains the control character ${unsafe}`;
  item.tree.problems.add(item.key, fault, 'write another name');
  return false;
}

/** A key that a record may have. */
export interface Key<T> {
  readonly schema: Schema<T>;
  /** A valid value. */
  readonly example: string;
  /** Names what is missing without the key, in a few words; undefined if it may be left out. */
  readonly required?: string;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;

type ValueOf<K> = K extends Key<infer T> ? T : never;

/** The values of the keys that were written and could be read. */
export type RecordOf<K extends Keys> = { readonly [Name in keyof K]?: Located<ValueOf<K[Name]>> };

/** Returns advice about the section to which a key belongs that is unknown in this one. `inside` are the keys of its value. */
export type MisplacedKeyAdvice = (key: string, inside: readonly string[]) => string | undefined;

/** A mapping with the given keys and no others. `dependencies` names keys that need others, for editors. */
export function record<const K extends Keys>(
  keys: K,
  adviseMisplacedKey: MisplacedKeyAdvice,
  dependencies: JsonSchema = {},
): Schema<RecordOf<K>> {
  const expected = 'a mapping of keys to values';
  const required = Object.keys(keys).filter((name) => keys[name]?.required !== undefined);
  const read = (value: Value): RecordOf<K> | undefined => {
    const isNothing = scalarOf(value.node)?.type === 'nothing';
    if (!isNothing && !isMap(value.node)) return mismatch(value, expected);
    const found: Record<string, Located<unknown>> = {};
    const fields = isMap(value.node) ? fieldsOf(value.tree, value.node) : new Map<string, Field>();
    const wrong = new Set<string>();
    for (const field of fields.values()) {
      const read = readField(value, keys, field, adviseMisplacedKey);
      if (read === undefined) wrong.add(field.name);
      else found[field.name] = read;
    }
    noteRefused(found, wrong);
    for (const name of required) if (!fields.has(name)) reportMissing(value, name, keys[name]);
    return found as RecordOf<K>;
  };
  return {
    expected,
    read,
    jsonSchema: (describe) => ({ ...recordSchema(keys, required, describe), dependencies }),
  };
}

function recordSchema(keys: Keys, required: readonly string[], describe: DescribeKey): JsonSchema {
  const properties = Object.entries(keys).map(([name, key]) => {
    return [name, { ...describe(key), ...key.schema.jsonSchema(describe) }] as const;
  });
  return {
    type: required.length === 0 ? ['object', 'null'] : 'object',
    properties: Object.fromEntries(properties),
    patternProperties: { '^x-': {} },
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
  };
}

function readField(
  value: Value,
  keys: Keys,
  field: Field,
  adviseMisplacedKey: MisplacedKeyAdvice,
): Located<unknown> | undefined {
  const { name, key, node } = field;
  const known = Object.hasOwn(keys, name) ? keys[name] : undefined;
  // Keys that begin with x- are the administrator's own by convention, mostly anchors for aliases.
  if (known === undefined && name.startsWith('x-')) return undefined;
  if (known === undefined) {
    const hint =
      didYouMean(name, Object.keys(keys)) ??
      adviseMisplacedKey(name, isMap(node) ? [...fieldsOf(value.tree, node).keys()] : []) ??
      `known here: ${Object.keys(keys).join(', ')}`;
    value.tree.problems.add(key, `unknown key ${quote(name)} in ${value.label}`, hint);
    return undefined;
  }
  const label = `"${name}"`;
  return located(known.schema, { tree: value.tree, node, key, label, example: `${name}: ${known.example}` });
}

function reportMissing(value: Value, name: string, key: Key<unknown> | undefined): void {
  const hint = `add ${key?.required}, for example: ${name}: ${key?.example}`;
  value.tree.problems.add(value.key, `${value.label} has no "${name}"`, hint);
}
