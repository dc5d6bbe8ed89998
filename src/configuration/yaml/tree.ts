import { isUtf8 } from 'node:buffer';
import { type Alias, isAlias, type ParsedNode, parseDocument } from 'yaml';
import { codePoint, shownCommand } from '../../util/text.js';
import type { Problems } from '../problems.js';
import { falseSpaceIn } from './false-spaces.js';
import { Source, type SourceRange } from './source.js';
import { bindAliases, reportSyntax } from './syntax-errors.js';

/** A node that is not an alias; null if the value is missing. */
export type Content = Exclude<ParsedNode, Alias.Parsed> | null;

/** A configuration file as a tree of nodes. Aliases are bound; values are not yet interpreted. */
export interface Tree {
  readonly source: Source;
  readonly problems: Problems;
  /** null if the file is empty or has only comments. */
  readonly root: ParsedNode | null;
  readonly aliases: ReadonlyMap<Alias, ParsedNode>;
}

/**
 * Parses a configuration file. Returns undefined if the YAML is broken, because the rest of it would be guesswork.
 *
 * All plain scalars stay text (the "failsafe" schema). The key decides what `yes`, `3` or `~` means, by the rules of
 * YAML 1.1, for which configurations of the Python program were written. fields.ts checks that keys are unique, because
 * the library's own check takes quadratic time.
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

/** Recognizes an empty document: the parser returns an empty plain scalar for it. */
function isEmpty(source: Source, root: ParsedNode | null): boolean {
  return root === null || source.text.slice(root.range[0], root.range[1]).trim() === '';
}

/** Returns the node that an alias stands for; any other node is returned as it is. */
export function target(tree: Tree, node: ParsedNode | null): Content {
  // A single step is enough, because an alias cannot have an anchor.
  return isAlias(node) ? ((tree.aliases.get(node) as Content | undefined) ?? null) : node;
}

export function rangeOf(tree: Tree, node: ParsedNode): SourceRange {
  return { source: tree.source, start: node.range[0], end: node.range[1] };
}

/** Characters that are not printable in YAML 1.1 (§5.1). */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Decodes the bytes of a configuration file. Reports one problem and returns undefined if they are not such text. */
export function decode(
  file: string,
  bytes: Uint8Array,
  order: number,
  problems: Problems,
): Source | undefined {
  const lossy = toText(bytes);
  const refuse = (offset: number, message: string, hint: string, secret = false): undefined => {
    const source = new Source(file, lossy, order, { secret });
    problems.add({ source, start: offset, end: offset + 1 }, message, hint);
    return undefined;
  };
  if (isUtf16(bytes)) return refuse(0, 'this is UTF-16', 'save the configuration as UTF-8', true);
  const pem = /^-----BEGIN ([A-Z0-9 ]+)-----/m.exec(lossy);
  if (pem?.[1] !== undefined) return refuse(pem.index, pemMessage(pem[1]), PEM_HINT, true);
  if (lossy.includes('\0')) return refuse(0, 'this is not a text file', BINARY_HINT, true);
  if (!isUtf8(bytes)) return refuse(lossy.indexOf('\ufffd'), 'this is not UTF-8', UTF8_HINT);
  const unprintable = UNPRINTABLE.exec(lossy);
  if (unprintable !== null) {
    return refuse(
      unprintable.index,
      `this is a control character (${codePoint(unprintable[0])})`,
      'remove it',
    );
  }
  // To YAML it is the end of a line, too, but not to the parser.
  const loneCr = /\r(?!\n)/.exec(lossy);
  if (loneCr !== null) {
    const hint = `convert the file: tr '\\r' '\\n' < ${shownCommand([file])} > NEW`;
    return refuse(loneCr.index, 'this line ends with CR alone (U+000D), as those of old Macs', hint);
  }
  const falseSpace = falseSpaceIn(lossy);
  if (falseSpace !== undefined) {
    const what = `this is not a space, though it looks like one (${codePoint(lossy[falseSpace] ?? '')})`;
    return refuse(falseSpace, what, SPACE_HINT);
  }
  return new Source(file, lossy, order);
}

const PEM_HINT =
  'name the configuration (YAML) instead; certificates are named inside of it, under "domains"';
const BINARY_HINT = 'name the configuration: a text file in YAML';
const SPACE_HINT = 'write an ordinary space; such characters come with text from web pages';
const UTF8_HINT = 'save the configuration as UTF-8';

function pemMessage(label: string): string {
  const what = label.endsWith('PRIVATE KEY') ? 'a private key' : 'a PEM file';
  return `this is ${what}, not a configuration`;
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** Decodes UTF-8. Invalid bytes become U+FFFD, and a byte order mark is removed. */
function toText({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}
