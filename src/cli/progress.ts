import { formatDuration, type Instant, SECOND } from '../util/time.js';
import type { Console } from './console.js';

/** Milliseconds between two updates of the progress line. A shorter run shows none. */
const INTERVAL = 200;

/** The progress of a run, in a line that is erased by the next message. */
export interface Progress {
  /** Counts one more finished certificate. */
  step(): void;
}

/** The time from which a run counts as long: its progress then says how long it may still take. */
const LONG = 5 * SECOND;

export function openProgress(total: number, now: () => Instant, console: Pick<Console, 'show'>): Progress {
  let done = 0;
  let drawn = now();
  let first: { readonly done: number; readonly at: Instant } | undefined;
  const timeLeft = (at: Instant): string => {
    // Most certificates are settled at once. The others, which come after, show the speed.
    first ??= { done, at };
    const [count, length] = [done - first.done, at - first.at];
    if (length < LONG || count === 0 || done === total) return '';
    return `, about ${formatDuration(Math.max(SECOND, ((total - done) * length) / count))} left`;
  };
  return {
    step: () => {
      done += 1;
      const at = now();
      // The difference is absolute, so that a clock that is set back does not stop the display.
      if (Math.abs(at - drawn) < INTERVAL) return;
      drawn = at;
      console.show(`${done} of ${total} certificates${timeLeft(at)}`);
    },
  };
}
