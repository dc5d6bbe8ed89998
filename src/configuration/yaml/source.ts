import { visible } from '../../util/text.js';
import type { Excerpt, Position } from '../model.js';

/** A range of a source: offsets in UTF-16 units. `end` is exclusive. */
export interface SourceRange {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

const WIDEST_EXCERPT = 100;

/** Reports whether a line has user and password in the URL of a proxy, even if the URL is malformed. */
function hasCredentials(line: string): boolean {
  const at = line.lastIndexOf('@');
  return at >= 0 && /\/\/|\bproxy\b/.test(line.slice(0, at));
}

/** Reports whether a line has a URL whose path may be a secret, as those of webhooks are. */
function hasToken(line: string): boolean {
  if (!line.includes('://')) return false;
  return line.split(/\s+/).some((word) => {
    const origin = /:\/\/[^/]+\//.exec(word);
    return origin !== null && /[\w-]{16}/.test(word.slice(origin.index + origin[0].length));
  });
}

/** The text of a configuration file, with lines and columns. */
export class Source {
  /** The name of the file in messages. */
  readonly file: string;
  readonly text: string;
  /** 0 for the main file; included files follow. */
  readonly order: number;
  readonly #lineStarts = [0];
  readonly #secret: boolean;
  /** The lines that are shown, or not, by their numbers: a program may write a long configuration in one line. */
  readonly #shown = new Map<number, boolean>();

  /** Lines of a `secret` text are never shown. */
  constructor(file: string, text: string, order: number, { secret = false } = {}) {
    this.file = file;
    this.text = text;
    this.order = order;
    this.#secret = secret;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
  }

  position(offset: number): Position {
    const line = this.#lineOf(offset);
    return { file: this.file, line: line + 1, column: offset - this.#startOf(line) + 1 };
  }

  /** Returns the line of `start`; a very long line is cut around it. */
  excerpt(start: number, end: number): Excerpt | undefined {
    if (!this.#isShown(start)) return undefined;
    const line = this.line(start);
    const column = start - this.#startOf(this.#lineOf(start));
    const from = line.length > WIDEST_EXCERPT ? Math.max(0, column - WIDEST_EXCERPT / 2) : 0;
    const text = line.slice(from, from + WIDEST_EXCERPT);
    const length = Math.max(1, Math.min(end - start, text.length - (column - from)));
    return { text: visible(text), indent: column - from, length };
  }

  /** Returns the whole line that contains `offset`, without its line break. */
  line(offset: number): string {
    const line = this.#lineOf(offset);
    return this.text.slice(this.#startOf(line), this.#lineStarts[line + 1]).trimEnd();
  }

  #isShown(offset: number): boolean {
    const number = this.#lineOf(offset);
    const known = this.#shown.get(number) ?? this.#mayBeShown(this.line(offset));
    this.#shown.set(number, known);
    return known;
  }

  #mayBeShown(line: string): boolean {
    return !this.#secret && !hasCredentials(line) && !hasToken(line) && line.trim() !== '';
  }

  #startOf(line: number): number {
    return this.#lineStarts[line] ?? 0;
  }

  /** Finds the last line that starts at or before `offset`, by bisection. */
  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#startOf(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
