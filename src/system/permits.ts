import { unlessAborted } from './deadline.js';

/** Lets only so many do something at once; the others wait in the order of their coming. */
export class Permits {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Throws the reason of the signal when it comes first. The result gives the permit back. */
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
      // Whoever has been called already and goes away calls the next.
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
