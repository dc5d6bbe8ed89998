import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  visit,
  type YAMLError,
} from 'yaml';
import { quote } from '../../util/text.js';
import type { Problems } from '../problems.js';
import type { Source } from './source.js';

interface Fault {
  /** Offsets in the source. */
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly hint?: string;
}

/** Explains the parser's errors to the author of the file. Reports one error a line: further ones result from it. */
export function reportSyntax(source: Source, document: Document.Parsed, problems: Problems): void {
  const errors = independentErrors(document);
  if (errors.length === 0) return;
  const openings = openingOffsets(document);
  const lines = new Set<number>();
  for (const error of errors) {
    const { line } = source.position(error.pos[0]);
    if (lines.has(line)) continue;
    lines.add(line);
    const { start, end, message, hint } = toFault(error, source, openings);
    problems.add({ source, start, end }, message, hint);
  }
}

/** Sorts errors by position. After a name like `*.example.com` the parser calls everything below it wrongly indented. */
function independentErrors({ errors, warnings }: Document.Parsed): YAMLError[] {
  const all = [...errors, ...warnings.filter(isSerious)].sort((a, b) => a.pos[0] - b.pos[0]);
  const hasStar = all.some(({ code }) => code === 'BAD_ALIAS');
  return hasStar ? all.filter(({ code }) => code !== 'BAD_INDENT') : all;
}

/**
 * Selects the warnings that are errors here: a name like `*.example.com:`, and a tag like `!vault` that would change the
 * value. Standard tags like `!!str` change nothing here.
 */
function isSerious({ code, message }: YAMLError): boolean {
  return code === 'BAD_ALIAS' || (code === 'TAG_RESOLVE_FAILED' && !message.includes('tag:yaml.org,2002:'));
}

function toFault(error: YAMLError, source: Source, openings: ReadonlyMap<number, number>): Fault {
  const [start, end] = error.pos;
  if (error.code === 'BAD_ALIAS') {
    return {
      start: source.text.lastIndexOf('*', start),
      end,
      message: 'text begins with *',
      hint: STAR_HINT,
    };
  }
  const opening = openings.get(start);
  if (opening === undefined || !['BAD_INDENT', 'MISSING_CHAR'].includes(error.code)) {
    const indent = /^ */.exec(source.text.slice(start))?.[0].length ?? 0;
    return { start: start + indent, end: end + indent, ...words(error, source.text.slice(start, end)) };
  }
  const mark = source.text.charAt(opening);
  const hint = `add the closing ${CLOSING[mark]}`;
  return { start: opening, end: opening + 1, message: `this ${mark} is not closed`, hint };
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}', '"': '"', "'": "'" };

/** Maps the offset at which a bracket or a quotation mark ends, or is missing, to the offset at which it opens. */
function openingOffsets(document: Document.Parsed): Map<number, number> {
  const starts = new Map<number, number>();
  visit(document, {
    Node: (_key, node) => {
      const isEnclosed = isCollection(node) ? node.flow : isScalar(node) && node.type?.startsWith('QUOTE');
      if (isEnclosed === true && node.range) starts.set(node.range[1], node.range[0]);
    },
  });
  return starts;
}

const INDENT_HINT = 'indent all keys of one level by the same number of spaces';
const COLON_HINT = 'write "key: value", with a space after the colon';

function words({ code, message }: YAMLError, token: string): Pick<Fault, 'message' | 'hint'> {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { message: 'a tab is used for indentation', hint: 'indent with spaces' };
    case 'BAD_INDENT':
      return { message: 'this is indented unlike the lines of its level', hint: INDENT_HINT };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        message: 'a key has a value and then keys of its own',
        hint: `put a value that contains ": " in quotes, or ${INDENT_HINT}`,
      };
    case 'MULTILINE_IMPLICIT_KEY':
    case 'MISSING_CHAR':
      return { message: 'this is not a key with a value', hint: COLON_HINT };
    case 'UNEXPECTED_TOKEN':
      return unexpected(message);
    case 'BAD_SCALAR_START':
      return { message: `a value cannot begin with ${quote(token)}`, hint: 'put the whole value in quotes' };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `${quote(token)} does not begin an escape of "…"`,
        hint: "write it in single quotes: '…'",
      };
    case 'MULTIPLE_DOCS':
      return { message: 'a second document begins here', hint: 'remove the line "---"' };
    case 'RESOURCE_EXHAUSTION':
      return { message: 'this is nested too deeply', hint: 'remove the brackets' };
    case 'TAG_RESOLVE_FAILED':
      return { message: `the tag ${quote(token)} means nothing here`, hint: 'write the value without it' };
    default:
      return { message: `${message.charAt(0).toLowerCase()}${message.slice(1)}` };
  }
}

function unexpected(message: string): Pick<Fault, 'message' | 'hint'> {
  if (message.includes('block-seq-ind')) {
    return { message: 'a list begins behind its key', hint: 'begin it on a line of its own' };
  }
  return {
    message: 'the value has already ended before this',
    hint: "put the whole value in quotes, like '{domain}.pem'",
  };
}

/**
 * Returns the node that each alias stands for: the last node before it with an anchor of that name. Nothing is copied, so
 * that aliases of aliases cannot use up memory. The depth of the schema limits how deep they are followed.
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

const STAR_HINT = 'text that begins with * must be in quotes, like "*.example.com"';
