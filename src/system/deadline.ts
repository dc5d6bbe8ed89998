import type { Duration } from '../time/duration.js';

/** What a timer can count; more would fire at once. */
const LONGEST_TIMER: Duration = 2 ** 31 - 1;

/** Ends something when its time is over, or as soon as what it is a part of ends, whose reason is then the reason. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #whole: AbortSignal;
  readonly #follow = (): void => this.#controller.abort(this.#whole.reason);

  constructor(duration: Duration, reason: () => Error, whole: AbortSignal) {
    this.#timer = setTimeout(() => this.#controller.abort(reason()), Math.min(duration, LONGEST_TIMER));
    this.#whole = whole;
    // AbortSignal.any would hold on to each part as long as the whole lives.
    whole.addEventListener('abort', this.#follow, { once: true });
    if (whole.aborted) this.#follow();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#whole.removeEventListener('abort', this.#follow);
  }
}

/** The outcome of `work`, or the reason of the signal as soon as it is aborted. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
