import { isMap, isSeq } from 'yaml';
import { fieldsOf } from '../document/fields.js';
import { spotOf, target } from '../document/tree.js';
import { quote, unsafeCharacter } from '../../text/visible.js';
import { located, mismatch, scalarOf } from './kind.js';
import type { Kind, Located, Value } from './kind.js';
import { noteRefused } from './refused.js';

/** A list; nothing at all is an empty one. */
export function list<T>(kind: Kind<T>): Kind<readonly Located<T>[]> {
  const expected = 'a list';
  const read = (value: Value): Located<T>[] | undefined => {
    if (scalarOf(value.node)?.type === 'nothing') return [];
    if (!isSeq(value.node)) return mismatch(value, expected);
    const items: Located<T>[] = [];
    for (const item of value.node.items) {
      const label = `an item of ${value.label}`;
      const found = located(kind, {
        ...value,
        node: target(value.tree, item),
        key: spotOf(value.tree, item),
        label,
      });
      if (found !== undefined) items.push(found);
    }
    return items;
  };
  return { expected, read };
}

/** A list, or one item without the list around it. */
export function oneOrMore<T>(kind: Kind<T>): Kind<readonly Located<T>[]> {
  const many = list(kind);
  const read = (value: Value): readonly Located<T>[] | undefined => {
    if (scalarOf(value.node)?.type === 'nothing' || isSeq(value.node)) return many.read(value);
    const one = located(kind, value);
    return one === undefined ? undefined : [one];
  };
  return { expected: many.expected, read };
}

export interface Named<T> extends Located<T> {
  readonly name: string;
}

/** A mapping whose keys are names that the administrator chooses; nothing at all is an empty one. */
export function named<T>(kind: Kind<T>, title: string): Kind<readonly Named<T>[]> {
  const expected = 'a mapping of names';
  const read = (value: Value): Named<T>[] | undefined => {
    if (scalarOf(value.node)?.type === 'nothing') return [];
    if (!isMap(value.node)) return mismatch(value, expected);
    const items: Named<T>[] = [];
    const wrong = new Set<string>();
    for (const { name, key, node } of fieldsOf(value.tree, value.node).values()) {
      const item = { tree: value.tree, node, key, label: `${title} ${quote(name)}`, example: value.example };
      const isUsable = isUsableName(item, name);
      const found = located(kind, item);
      if (isUsable && found !== undefined) items.push({ ...found, name });
      else wrong.add(name);
    }
    noteRefused(items, wrong);
    return items;
  };
  return { expected, read };
}

function isUsableName(item: Value, name: string): boolean {
  const unsafe = unsafeCharacter(name);
  if (name !== '' && unsafe === undefined) return true;
  const fault =
    unsafe === undefined ? 'this name is empty' : `this name contains the control character ${unsafe}`;
  item.tree.problems.add(item.key, fault, 'write another name');
  return false;
}
