import type { Problem } from './model.js';
import type { SourceRange } from './yaml/source.js';

/** A problem and its place, by which problems are put in order. */
export interface Found<P extends Problem> {
  readonly problem: P;
  readonly spot: SourceRange;
}

/** Collects the problems in the text of all files of a configuration. The same problem of the same spot counts once. */
export class Problems {
  readonly #found = new Map<string, Found<Problem>>();

  /** The message in lower case without a full stop, the hint as a sentence of advice. */
  add(spot: SourceRange, message: string, hint?: string): void {
    const key = `${spot.source.order}:${spot.start}:${message}`;
    if (!this.#found.has(key)) this.#found.set(key, { spot, problem: problemAt(spot, message, hint) });
  }

  get count(): number {
    return this.#found.size;
  }

  found(): Found<Problem>[] {
    return [...this.#found.values()];
  }

  sorted(): Problem[] {
    return inOrder(this.found());
  }
}

export function problemAt(
  { source, start, end }: SourceRange,
  message: string,
  hint: string | undefined,
): Problem {
  return { position: source.position(start), message, hint, excerpt: source.excerpt(start, end) };
}

/** File by file in the order of reading, each from top to bottom. */
export function inOrder<P extends Problem>(found: readonly Found<P>[]): P[] {
  return found
    .toSorted((a, b) => a.spot.source.order - b.spot.source.order || a.spot.start - b.spot.start)
    .map(({ problem }) => problem);
}
