import type { Duration } from '../time/duration.js';
import { TimeIsUp } from './http-progress.js';

/** What a timer can count; more would fire at once. */
export const LONGEST_TIMER: Duration = 2 ** 31 - 1;

/** A limit of time that ends a request, in whatever state it is. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(duration: Duration) {
    this.#timer = setTimeout(() => this.#controller.abort(new TimeIsUp()), Math.min(duration, LONGEST_TIMER));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The outcome of `work`, or TimeIsUp. undici heeds the signal of a request only once it has a connection. */
  limit<T>(work: Promise<T>): Promise<T> {
    const expired = new Promise<never>((_, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true });
    });
    return Promise.race([work, expired]);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
