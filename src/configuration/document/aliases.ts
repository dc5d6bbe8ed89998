import { isAlias, isMap, isSeq } from 'yaml';
import type { Alias, ParsedNode } from 'yaml';
import type { Problems } from '../problems.js';
import { quote } from '../../text/visible.js';
import type { Source } from './source.js';

/**
 * The node that each alias stands for: the last one before it that has the anchor of that name. Nothing is copied,
 * so that aliases of aliases cannot blow up; how deep they are followed is bounded by the depth of the schema.
 */
export function bindAliases(root: ParsedNode, source: Source, problems: Problems): Map<Alias, ParsedNode> {
  const anchors = new Map<string, ParsedNode>();
  const bound = new Map<Alias, ParsedNode>();
  const visit = (node: ParsedNode | null): void => {
    if (isAlias(node)) {
      const found = anchors.get(node.source);
      if (found === undefined) reportUnbound(node, source, problems);
      else bound.set(node, found);
      return;
    }
    if (node?.anchor !== undefined) anchors.set(node.anchor, node);
    if (isSeq(node)) for (const item of node.items) visit(item);
    if (isMap(node)) for (const { key, value } of node.items) [key, value].forEach(visit);
  };
  visit(root);
  return bound;
}

function reportUnbound(alias: Alias.Parsed, source: Source, problems: Problems): void {
  const [start, end] = alias.range;
  const text = source.text.slice(start, end);
  const message = `nothing is called &${alias.source}, so ${quote(text)} stands for nothing`;
  problems.add({ source, start, end }, message, STAR_HINT);
}

export const STAR_HINT = 'text that begins with * must be in quotes, like "*.example.com"';
