import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');

/** A fenced block of a document. */
export interface Block {
  /** Relative to the project. */
  readonly document: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** `DOCUMENT: FIRST LINE`: stable while the text around the block changes. */
  readonly key: string;
}

/** Documents whose blocks have a test of their own, and those of developers, which have nothing that a user would type. */
const OTHERS = /^docs\/(?:decisions\/.*|servers|architecture)\.md$/;

/** The documents of users, whose blocks are run here. */
export function documents(): string[] {
  return allDocuments().filter((name) => /^(?:README\.md|docs\/)/.test(name) && !OTHERS.test(name));
}

/** Everything in Markdown at the top of the project and in docs. */
export function allDocuments(): string[] {
  const atTop = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const names = inDocs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  return [...atTop, ...names].toSorted();
}

export function textOf(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8');
}

export function blocksOf(document: string): Block[] {
  const text = textOf(document);
  return [...text.matchAll(/^```(\S*)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: body = '', index }) => ({
    document,
    line: text.slice(0, index).split('\n').length,
    language,
    text: body,
    key: `${document}: ${body.split('\n', 1)[0]}`,
  }));
}

export function blocksIn(language: string): Block[] {
  return documents()
    .flatMap(blocksOf)
    .filter((block) => block.language === language);
}

/** The only block of a document in this language that contains a text. */
export function blockWith(document: string, language: string, part = ''): Block {
  const found = blocksOf(document).filter((one) => one.language === language && one.text.includes(part));
  if (found.length !== 1)
    throw new Error(`${document} has ${found.length} ${language} blocks with "${part}"`);
  return found[0]!;
}

/** Rows of all tables of a document whose first heading is this; cells without the marks of code. */
export function rowsOf(document: string, firstHeading: string): string[][] {
  const tables = textOf(document).matchAll(/(?:^\|.*\n)+/gm);
  const rows = [...tables].flatMap(([table]) => {
    const [heading, , ...others] = table.trimEnd().split('\n').map(cellsOf);
    return heading?.[0] === firstHeading ? others : [];
  });
  if (rows.length === 0) throw new Error(`${document} has no table of "${firstHeading}"`);
  return rows;
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1'));
}
