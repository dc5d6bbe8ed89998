import { visible } from '../../util/text.js';
import type { Excerpt, Position } from '../model.js';

/** A range of a source: offsets in UTF-16 units. `end` is exclusive. */
export interface SourceRange {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

const WIDEST_EXCERPT = 100;

/** User and password in the URL of a proxy, even if the URL is malformed. */
const CREDENTIALS = /(\/\/|\bproxy\b).*@/;
/** Matches a URL whose path may be a secret, as those of webhooks are. */
const TOKEN = /:\/\/[^\s/]+\/\S*[\w-]{16}/;

/** The text of a configuration file, with lines and columns. */
export class Source {
  /** The name of the file in messages. */
  readonly file: string;
  readonly text: string;
  /** 0 for the main file; included files follow. */
  readonly order: number;
  readonly #lineStarts = [0];
  readonly #secret: boolean;

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
    const line = this.line(start);
    if (this.#secret || CREDENTIALS.test(line) || TOKEN.test(line) || line.trim() === '') return undefined;
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
