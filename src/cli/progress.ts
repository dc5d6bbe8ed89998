import type { Instant } from '../time/instant.js';
import type { Console } from './console.js';

/** Between two drawings; a run that takes less shows nothing. */
const INTERVAL = 200;

/** How far a run is, in a line that goes away again. */
export interface Progress {
  /** One more certificate is done. */
  step(): void;
}

export function openProgress(total: number, now: () => Instant, console: Console): Progress {
  let done = 0;
  let drawn = now();
  return {
    step: () => {
      done += 1;
      const at = now();
      // A clock that is set back must not stop it.
      if (Math.abs(at - drawn) < INTERVAL) return;
      drawn = at;
      console.show(`${done} of ${total} certificates`);
    },
  };
}
