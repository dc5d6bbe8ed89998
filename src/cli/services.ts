import { readConfiguration } from '../configuration/read.js';
import { SCHEMA } from '../report/json.js';
import { readStatus, type StatusReading, type StatusReason } from '../report/status-reasons.js';
import { attention } from '../report/text.js';
import type { System } from '../system/system.js';
import type { Command } from './command.js';
import { toJsonText, type Console } from './console.js';

type ServicesCommand = Extract<Command, { kind: 'services' }>;

/** Prints the services that an exit status asks to reload, one a line, for a shell loop. */
export function servicesCommand({ status, file }: ServicesCommand, system: System, console: Console): number {
  const reading = readStatus(status, readConfiguration(file, system).services);
  if (console.format === 'json') console.print(toJsonText(toJson(status, reading)));
  else tell(reading, console);
  return 0;
}

function toJson(status: number, { reload, needsPerson, reasons }: StatusReading): object {
  return { schema: SCHEMA, status, reload, needs_person: needsPerson, reasons };
}

/** What the run itself has not said. */
const UNSAID: ReadonlySet<StatusReason['code']> = new Set(['reload-unnamed', 'not-of-a-run']);

function tell({ reload, reasons }: StatusReading, console: Console): void {
  console.print(reload.map((name) => `${name}\n`).join(''));
  for (const { code, message } of reasons) if (UNSAID.has(code)) console.say(attention('warning', message));
}
