import { resolve } from 'node:path';
import { readConfiguration } from '../../configuration/read.js';
import { EXIT } from '../../report/exit-status.js';
import {
  type CertificateStatus,
  isAttentionNeeded,
  needsAttention,
  type Snapshot,
} from '../../snapshot/snapshot.js';
import { snapshotToJson } from '../../snapshot/json.js';
import { metricsText } from '../../snapshot/metrics.js';
import { writePage } from '../../snapshot/publish.js';
import { takeSnapshot } from '../../snapshot/take.js';
import { snapshotText } from '../../snapshot/text.js';
import type { System } from '../../system/system.js';
import type { StatusCommand } from '../command.js';
import { type Console, toJsonText } from '../console.js';
import { readClock } from '../clock.js';

/** Shows all certificates. Returns 32 if one that is shown needs attention. */
export async function statusCommand(
  command: StatusCommand,
  system: System,
  console: Console,
): Promise<number> {
  const moment = await readClock(command.now, system);
  const configuration = readConfiguration(command.file, system);
  const whole = takeSnapshot(configuration, command.selection, moment, system);
  const snapshot = { ...whole, certificates: whole.certificates.filter(isShownBy(command)) };
  const status = isAttentionNeeded(snapshot) ? EXIT.attention : 0;
  if (command.page !== undefined)
    await writePage(resolve(system.workingFolder, command.page), snapshot, { ...system, now: moment.now });
  else if (command.isMetrics) console.print(metricsText(snapshot));
  else if (console.format === 'json') console.print(toJsonText(snapshotToJson(snapshot, status)));
  else show(snapshot, system, console);
  return status;
}

function isShownBy({ states, output }: StatusCommand): (one: CertificateStatus) => boolean {
  const isIn = (one: CertificateStatus) => (state: (typeof states)[number]) =>
    state === 'attention' ? needsAttention(one) : state === one.state;
  return (one) =>
    (states.length === 0 || states.some(isIn(one))) && (output.detail !== 'quiet' || needsAttention(one));
}

/** The width of a table that goes to no terminal, unless COLUMNS says another one. */
const USUAL_WIDTH = 80;

function show(snapshot: Snapshot, { environment }: System, console: Console): void {
  // A quiet command says nothing when all is well.
  if (console.detail === 'quiet' && !isAttentionNeeded(snapshot)) return;
  const width = console.columns ?? Number(environment['COLUMNS'] ?? USUAL_WIDTH);
  console.paint(snapshotText(snapshot, width || USUAL_WIDTH), hasColours(environment));
}

/** Colours are turned off by NO_COLOR (no-color.org). */
function hasColours({ NO_COLOR }: System['environment']): boolean {
  return (NO_COLOR ?? '') === '';
}
