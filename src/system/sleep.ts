import { setTimeout as after } from 'node:timers/promises';
import type { System } from './system.js';

export const sleep: System['sleep'] = async (duration, stop) => {
  const options = stop === undefined ? {} : { signal: stop };
  await after(duration, undefined, options).catch((error: unknown) => {
    if (stop?.aborted !== true) throw error;
  });
};
