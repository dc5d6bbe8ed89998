import type { Problem } from './model.js';
import type { SourceRange } from './yaml/source.js';

/** A problem and the place in the text by which problems are sorted. */
export interface LocatedProblem<P extends Problem> {
  readonly problem: P;
  readonly range: SourceRange;
}

/** Collects the problems in the text of all files of a configuration. The same problem at the same place counts once. */
export class Problems {
  readonly #found = new Map<string, LocatedProblem<Problem>>();

  /** Adds a problem. The message is in lower case without a full stop; the hint is a sentence of advice. */
  add(range: SourceRange, message: string, hint?: string, line: 'shown' | 'hidden' = 'shown'): void {
    const key = `${range.source.order}:${range.start}:${message}`;
    const { excerpt, ...problem } = problemAt(range, message, hint);
    const shown = { ...problem, excerpt: line === 'shown' ? excerpt : undefined };
    if (!this.#found.has(key)) this.#found.set(key, { range, problem: shown });
  }

  get count(): number {
    return this.#found.size;
  }

  found(): LocatedProblem<Problem>[] {
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

/** Sorts by file in the order of reading, and by position in the file. */
export function inOrder<P extends Problem>(found: readonly LocatedProblem<P>[]): P[] {
  return found
    .toSorted((a, b) => a.range.source.order - b.range.source.order || a.range.start - b.range.start)
    .map(({ problem }) => problem);
}
