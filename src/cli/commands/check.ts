import { readConfiguration } from '../../configuration/read.js';
import { PLUGIN } from '../../report/exit-status.js';
import { SCHEMA } from '../../report/json.js';
import { checkSnapshot, type Verdict } from '../../snapshot/check.js';
import { pluginText } from '../../snapshot/plugin.js';
import { takeSnapshot } from '../../snapshot/take.js';
import type { System } from '../../system/system.js';
import type { CheckCommand } from '../command.js';
import { type Console, toJsonText } from '../console.js';
import { readClock } from '../clock.js';

/** Checks all certificates as a monitoring plugin. Returns the status of one. */
export async function checkCommand(command: CheckCommand, system: System, console: Console): Promise<number> {
  const { file, selection, limits, now } = command;
  const moment = await readClock(now, system);
  const snapshot = takeSnapshot(readConfiguration(file, system), selection, moment, system);
  const verdict = checkSnapshot(snapshot, limits);
  const status = PLUGIN[verdict.level];
  if (console.format === 'json') console.print(toJsonText(verdictToJson(verdict)));
  else console.print(pluginText(verdict, snapshot, limits, console.detail));
  return status;
}

export function verdictToJson(verdict: Verdict) {
  return { schema: SCHEMA, status: PLUGIN[verdict.level], ...verdict };
}
