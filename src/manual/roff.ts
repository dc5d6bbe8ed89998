import { BUILT, VERSION } from '../util/version.js';
import { formatInstant } from '../util/time.js';

/** Begins a page in the macros of man(7). */
export function beginPage(title: string, section: number): string {
  const day = formatInstant(BUILT).slice(0, 'YYYY-MM-DD'.length);
  return `.TH ${title} ${section} ${day} "ocspbot ${VERSION}"\n`;
}

/** Makes text safe: signs of roff, lines that would be requests, and characters beyond ASCII. */
export function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll(/[^\n -~]/gu, (character) => `\\[u${hex(character)}]`)
    .replaceAll(/^\./gm, '\\&.');
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

export function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

/** Paragraphs with empty lines between them. Lines that begin with two blanks stay as they are. */
export function paragraphs(text: string): string {
  return blocksOf(text)
    .map(({ isLiteral, lines }) =>
      isLiteral ? literal(lines.map((line) => line.slice(2))) : `.PP\n${prose(lines)}`,
    )
    .join('');
}

export function prose(lines: readonly string[]): string {
  const wrapped: string[] = [];
  let line = '';
  for (const word of escaped(lines.map((one) => one.trim()).join(' ')).split(/ +/)) {
    if (line !== '' && line.length + word.length >= WIDTH) {
      wrapped.push(line);
      line = '';
    }
    line = line === '' ? word.replace(/^\./, '\\&.') : `${line} ${word}`;
  }
  return `${[...wrapped, line].join('\n')}\n`;
}

/** Bytes of a line of running text. */
const WIDTH = 80;

/** Lines that are shown as they are. */
export function literal(lines: readonly string[]): string {
  return `.PP\n.RS 4\n.nf\n${escaped(lines.join('\n'))}\n.fi\n.RE\n`;
}

export function section(title: string, content: string): string {
  return `.SH ${title}\n${content.replace(/^\.PP\n/, '')}`;
}

export function subsection(title: string, content: string): string {
  return `.SS "${escaped(title)}"\n${content.replace(/^\.PP\n/, '')}`;
}

/** A term in bold, and its description. */
export function item(term: string, description: string): string {
  return `.TP\n${bold(term)}\n${prose(description.split('\n'))}`;
}

interface Block {
  readonly isLiteral: boolean;
  readonly lines: string[];
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let isOpen = false;
  for (const line of text.split('\n')) {
    const isLiteral = line.startsWith('  ');
    const last = blocks.at(-1);
    if (line === '') isOpen = false;
    else if (isOpen && last?.isLiteral === isLiteral) last.lines.push(line);
    else {
      blocks.push({ isLiteral, lines: [line] });
      isOpen = true;
    }
  }
  return blocks;
}
