import type { Spot } from './document/source.js';
import type { Problem } from './problem.js';

/** Collects the problems of all files of a configuration. The same problem of the same spot counts once. */
export class Problems {
  readonly #found = new Map<string, { readonly problem: Problem; readonly spot: Spot }>();

  /** The message in lower case without a full stop, the hint as a sentence of advice. */
  add(spot: Spot, message: string, hint?: string): void {
    const { source, start, end } = spot;
    const key = `${source.order}:${start}:${message}`;
    if (this.#found.has(key)) return;
    const excerpt = source.excerpt(start, end);
    this.#found.set(key, { spot, problem: { position: source.position(start), message, hint, excerpt } });
  }

  get count(): number {
    return this.#found.size;
  }

  /** File by file in the order of reading, each from top to bottom. */
  sorted(): Problem[] {
    return [...this.#found.values()]
      .sort((a, b) => a.spot.source.order - b.spot.source.order || a.spot.start - b.spot.start)
      .map(({ problem }) => problem);
  }
}
