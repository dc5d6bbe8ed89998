import { setTimeout as sleep } from 'node:timers/promises';
import { startOcspbot } from '../../command/support/child.js';
import type { Random } from '../../support/random.js';
import type { Run } from '../../support/run.js';
import type { Entry } from './diary.js';
import type { Weather } from './weather.js';

/** The hourly runs of a month, each a moment after the last; some are killed, some begin before the last has ended. */
export async function runUntil(
  isEnough: () => boolean,
  cwd: string,
  weather: Weather,
  random: Random,
  entries: Entry[],
): Promise<void> {
  let usual = 500;
  while (!isEnough()) {
    const isKilled = random.below(4) < 1;
    const isDoubled = random.below(12) < 1;
    const [moment, pause] = [random.below(1.2), random.below(600)];
    const runs = [runOnce(cwd, weather, isKilled ? moment * usual : undefined)];
    if (isDoubled) runs.push(runOnce(cwd, weather, undefined));
    for (const entry of await Promise.all(runs)) {
      entries.push(entry);
      if (entry.run.signal === undefined && entry.isFair) usual = (usual + entry.end - entry.begin) / 2;
    }
    await sleep(pause);
  }
}

export async function runOnce(cwd: string, weather: Weather, killAfter: number | undefined): Promise<Entry> {
  const begin = Date.now();
  const child = startOcspbot(['ocspbot.yaml'], { cwd });
  const killing = killAfter === undefined ? undefined : setTimeout(() => void child.kill(), killAfter);
  const run: Run = await child.end();
  clearTimeout(killing);
  return { begin, end: Date.now(), run, isFair: weather.fairSince(begin) };
}
