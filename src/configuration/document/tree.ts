import { isAlias, parseDocument } from 'yaml';
import type { Alias, ParsedNode } from 'yaml';
import type { Problems } from '../problems.js';
import { bindAliases } from './aliases.js';
import type { Source, Spot } from './source.js';
import { reportSyntax } from './syntax.js';

/** A node that is no alias; null where nothing stands. */
export type Content = Exclude<ParsedNode, Alias.Parsed> | null;

/** A configuration file as a tree of nodes; aliases are bound, nothing has been interpreted. */
export interface Tree {
  readonly source: Source;
  readonly problems: Problems;
  /** null: the file is empty or has only comments. */
  readonly root: ParsedNode | null;
  readonly aliases: ReadonlyMap<Alias, ParsedNode>;
}

/**
 * undefined when the YAML is broken: what it says further on would be guesswork.
 *
 * All plain scalars stay text (the "failsafe" schema). What `yes`, `3` or `~` mean is decided by the key that
 * they belong to, in the way of YAML 1.1, for which configurations of the Python program were written. The
 * uniqueness of keys is checked in fields.ts, because the library's own check takes quadratic time.
 */
export function parseTree(source: Source, problems: Problems): Tree | undefined {
  const document = parseDocument(source.text, {
    version: '1.1',
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
  });
  const before = problems.count;
  reportSyntax(source, document, problems);
  if (problems.count > before) return undefined;
  const root = document.contents;
  const aliases =
    source.text.includes('*') && root !== null ? bindAliases(root, source, problems) : new Map();
  return problems.count > before
    ? undefined
    : { source, problems, root: isEmpty(source, root) ? null : root, aliases };
}

/** An empty document is parsed to an empty plain scalar. */
function isEmpty(source: Source, root: ParsedNode | null): boolean {
  return root === null || source.text.slice(root.range[0], root.range[1]).trim() === '';
}

/** The node that an alias stands for; other nodes are themselves. */
export function target(tree: Tree, node: ParsedNode | null): Content {
  // An alias cannot have an anchor, so that one step is enough.
  return isAlias(node) ? ((tree.aliases.get(node) as Content | undefined) ?? null) : node;
}

export function spotOf(tree: Tree, node: ParsedNode): Spot {
  return { source: tree.source, start: node.range[0], end: node.range[1] };
}
