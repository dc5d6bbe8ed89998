import { setTimeout as sleep } from 'node:timers/promises';
import { startOcspbot } from '../../command/support/child.js';
import type { Random } from '../../support/random.js';
import type { Run } from '../../support/run.js';
import type { RunRecord } from './run-record.js';
import type { FaultSchedule } from './fault-schedule.js';

export interface HourlyRuns {
  readonly cwd: string;
  readonly faultSchedule: FaultSchedule;
  readonly random: Random;
  /** The record of each run is added here. */
  readonly records: RunRecord[];
}

/**
 * Runs the program again and again, like the hourly runs of a month with short pauses. Some runs are killed, some begin
 * before the last one has ended.
 */
export async function runUntil(
  isEnough: () => boolean,
  { cwd, faultSchedule, random, records }: HourlyRuns,
): Promise<void> {
  let usual = 500;
  while (!isEnough()) {
    const isKilled = random.below(4) < 1;
    const isDoubled = random.below(12) < 1;
    const [moment, pause] = [random.below(1.2), random.below(600)];
    const runs = [runOnce(cwd, faultSchedule, isKilled ? moment * usual : undefined)];
    if (isDoubled) runs.push(runOnce(cwd, faultSchedule, undefined));
    for (const record of await Promise.all(runs)) {
      records.push(record);
      if (record.run.signal === undefined && record.responderWasGood)
        usual = (usual + record.end - record.begin) / 2;
    }
    await sleep(pause);
  }
}

export async function runOnce(
  cwd: string,
  faultSchedule: FaultSchedule,
  killAfter: number | undefined,
): Promise<RunRecord> {
  const begin = Date.now();
  const child = startOcspbot(['ocspbot.yaml'], { cwd });
  const killing = killAfter === undefined ? undefined : setTimeout(() => void child.kill(), killAfter);
  const run: Run = await child.end();
  clearTimeout(killing);
  return { begin, end: Date.now(), run, responderWasGood: faultSchedule.wasGoodSince(begin) };
}
