import { readConfiguration } from '../configuration/read.js';
import { EXIT, isOfFinishedRun } from '../report/exit-status.js';
import { SCHEMA } from '../report/json.js';
import { readStatus, type StatusReading } from '../report/status-reasons.js';
import { attention } from '../report/text.js';
import type { System } from '../system/system.js';
import type { Command } from './command.js';
import { toJsonText, type Console } from './console.js';

type ServicesCommand = Extract<Command, { kind: 'services' }>;

/**
 * Prints the services that an exit status asks to reload, one a line, for a shell loop. A status that no run can end
 * with is a failure, so that a caller which knows nothing of the numbers sees that ocspbot did not run.
 */
export function servicesCommand({ status, file }: ServicesCommand, system: System, console: Console): number {
  // Other statuses name no service, and the configuration may be what is wrong.
  const services = isOfFinishedRun(status) ? readConfiguration(file, system).services : [];
  const reading = readStatus(status, services);
  if (console.format === 'json') console.print(toJsonText(toJson(status, reading)));
  else tell(reading, console);
  return reading.isOurs ? 0 : EXIT.internal;
}

function toJson(status: number, { reload, needsPerson, reasons }: StatusReading): object {
  return { schema: SCHEMA, status, reload, needs_person: needsPerson, reasons };
}

function tell({ isOurs, reload, reasons }: StatusReading, console: Console): void {
  console.print(reload.map((name) => `${name}\n`).join(''));
  for (const { code, message } of reasons) {
    // The run itself has told everything else.
    if (code === 'reload-unnamed') console.say(attention('warning', message));
    else if (!isOurs) console.say(attention('error', message, SEE_WHY));
  }
}

const SEE_WHY =
  'see what it printed, or run "ocspbot --version" as the same user and in the same environment';
