import { presentable, visible } from '../../util/text.js';

/** HTML that is safe to put into a page. Only this file makes it of text. */
export interface Markup {
  readonly html: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

type Part = Markup | string | number | undefined | readonly Part[];

/** Makes HTML from a template. Every value is escaped unless it is markup; lists are joined, and undefined is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  const pieces = compact(strings).map(
    (text, index) => text + (index < values.length ? toHtml(values[index]) : ''),
  );
  return { html: pieces.join('') };
}

/** Matches indentation that is not seen as a space: before an element with a line of its own, and within a drawing. */
const UNSEEN = /\n\s*(?=<\/?(?:div|li|ol|rect|circle)\b|<\/svg>)/g;

const COMPACT = new WeakMap<TemplateStringsArray, readonly string[]>();

/** Removes the indentation of a template, once for each. A browser would make a node of each space that is left. */
function compact(strings: TemplateStringsArray): readonly string[] {
  const known = COMPACT.get(strings);
  if (known !== undefined) return known;
  const texts = strings.map((text) => text.replaceAll(UNSEEN, '').replaceAll(/\n\s*/g, ' '));
  COMPACT.set(strings, texts);
  return texts;
}

function toHtml(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escaped(part);
  return 'html' in part ? part.html : part.map(toHtml).join('');
}

/** Takes text as HTML: for our own style and script, and nothing else. */
export function verbatim(text: string): Markup {
  return { html: text };
}

/** Escapes text for an element or for a quoted attribute. Control characters and passwords in URLs are never shown. */
function escaped(text: string): string {
  if (PLAIN.test(text)) return text;
  return visible(presentable(text)).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Matches text that needs no escapes, which is the usual case. */
const PLAIN = /^[\w .,;:/()+-]*$/;
