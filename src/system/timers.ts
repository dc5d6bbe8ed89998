import { setTimeout as after } from 'node:timers/promises';
import { type Duration, SECOND } from '../util/time.js';
import type { System } from './system.js';

/** The longest time of a timer: with a longer one it would fire at once. */
const LONGEST_TIMER: Duration = 2 ** 31 - 1;

/** Counts from any time, and is never set back. Node.js would take 3 ms to load the module of `performance.now`. */
export function monotonicClock(): Duration {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * SECOND + nanoseconds / 1e6;
}

/**
 * A time limit. Its signal is aborted when the time is over, or with the reason of `whole` as soon as that is aborted.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #whole: AbortSignal;
  readonly #follow = (): void => this.#controller.abort(this.#whole.reason);

  constructor(duration: Duration, reason: () => Error, whole: AbortSignal) {
    this.#timer = setTimeout(() => this.#controller.abort(reason()), Math.min(duration, LONGEST_TIMER));
    this.#whole = whole;
    // AbortSignal.any would keep each part in memory as long as the whole lives.
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

/** Waits for `work`; throws the reason of the signal as soon as it is aborted. */
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

/** A semaphore: `count` holders at once; the others wait in the order of their arrival. */
export class Permits {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Waits for a permit; throws the reason of the signal if that comes first. The returned function releases the permit.
   */
  async acquire(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    return () => this.#release();
  }

  async #turn(signal: AbortSignal): Promise<void> {
    let take = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      take = resolve;
      this.#waiting.push(take);
    });
    try {
      await unlessAborted(turn, signal);
    } catch (error) {
      const place = this.#waiting.indexOf(take);
      // A waiter that has its permit already, but gives up, releases it.
      if (place < 0) this.#release();
      else this.#waiting.splice(place, 1);
      throw error;
    }
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

export const sleep: System['sleep'] = async (duration, stop) => {
  const options = stop === undefined ? {} : { signal: stop };
  await after(duration, undefined, options).catch((error: unknown) => {
    if (stop?.aborted !== true) throw error;
  });
};
