import { isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import { quote } from '../../util/text.js';
import { formatPosition } from '../problem.js';
import type { SourceRange } from './source.js';
import { type Content, rangeOf, target, type Tree } from './tree.js';

/** A key of a mapping and its value. Aliases are resolved. */
export interface Field {
  readonly name: string;
  readonly key: SourceRange;
  readonly node: Content;
}

type Fields = ReadonlyMap<string, Field>;

const merged = new WeakMap<YAMLMap, Fields>();

/** Returns the fields of a mapping in their order. Fields merged by `<<` come last, and never replace written ones. */
export function fieldsOf(tree: Tree, map: YAMLMap.Parsed): Fields {
  const known = merged.get(map);
  if (known !== undefined) return known;
  const fields = new Map<string, Field>();
  // The entry is set before it is complete, so that a mapping that merges itself does not recurse for ever.
  merged.set(map, fields);
  const sources: (ParsedNode | null)[] = [];
  for (const { key, value } of map.items) {
    if (isMergeKey(key)) sources.push(value);
    else addField(tree, fields, key, value);
  }
  for (const source of sources) mergeInto(tree, fields, source);
  return fields;
}

function isMergeKey(key: ParsedNode): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

function addField(
  tree: Tree,
  fields: Map<string, Field>,
  keyNode: ParsedNode,
  value: ParsedNode | null,
): void {
  const named = target(tree, keyNode);
  const key = rangeOf(tree, keyNode);
  if (!isScalar(named)) {
    tree.problems.add(key, 'a key must be text', 'put it in quotes when it begins with [ or {');
    return;
  }
  const name = String(named.value);
  const first = fields.get(name);
  if (first === undefined) fields.set(name, { name, key, node: target(tree, value) });
  else
    tree.problems.add(key, `${quote(name)} appears twice`, `the first is at ${placeOf(first.key)}; keep one`);
}

/** Adds the fields of a merge key (yaml.org/type/merge): a mapping or a list of mappings. Earlier ones win. */
function mergeInto(tree: Tree, fields: Map<string, Field>, source: ParsedNode | null): void {
  const node = target(tree, source);
  for (const item of isSeq(node) ? node.items : [node]) {
    for (const field of mergedFields(tree, target(tree, item))) {
      if (!fields.has(field.name)) fields.set(field.name, field);
    }
  }
}

function mergedFields(tree: Tree, map: Content): Iterable<Field> {
  if (isMap(map)) return fieldsOf(tree, map).values();
  if (map !== null) {
    tree.problems.add(
      rangeOf(tree, map),
      '"<<" must be followed by a mapping',
      'write for example: <<: *defaults',
    );
  }
  return [];
}

export function placeOf({ source, start }: SourceRange): string {
  return formatPosition(source.position(start));
}
