import { readConfiguration } from '../configuration/read.js';
import { servicesOf } from '../report/exit-status.js';
import { SCHEMA } from '../report/json.js';
import type { System } from '../system/system.js';
import type { Command } from './command.js';
import { toJsonText, type Console } from './console.js';

type ServicesCommand = Extract<Command, { kind: 'services' }>;

/** Prints the services that an exit status asks to reload, one a line, for a shell loop. */
export function servicesCommand({ status, file }: ServicesCommand, system: System, console: Console): number {
  const names = servicesOf(status, readConfiguration(file, system).services);
  if (console.format === 'json') console.print(toJsonText({ schema: SCHEMA, status, reload: names }));
  else console.print(names.map((name) => `${name}\n`).join(''));
  return 0;
}
