import { LIMITS } from '../util/limits.js';

/** Bounds the files that a configuration includes: those that include each other would never end. */
export class IncludeGuard {
  #count = 0;

  /** Reports whether the last of the `open` files may include this one. Each one of them includes the next. */
  admits(path: string, open: readonly string[]): boolean {
    this.#count += 1;
    return this.#count <= LIMITS.includes && open.length <= LIMITS.includeDepth && !open.includes(path);
  }
}
