import { type Configuration, serviceInWords, UNASSIGNED } from '../../configuration/model.js';
import { didYouMean } from '../../util/nearest.js';
import { readConfiguration } from '../../configuration/read.js';
import { OcspbotError } from '../../util/errors.js';
import { EXIT, isOfFinishedRun } from '../../report/exit-status.js';
import { readStatus, type StatusReading } from '../../report/status-reading.js';
import { SCHEMA } from '../../report/json.js';
import { attention } from '../../report/text.js';
import { handBack } from '../../state/pending-reloads.js';
import type { System } from '../../system/system.js';
import { quote } from '../../util/text.js';
import type { Command, OweCommand } from '../command.js';
import { type Console, toJsonText } from '../console.js';

type ServicesCommand = Extract<Command, { kind: 'services' }>;

/**
 * Prints the services that an exit status asks to reload, one a line, for a shell loop. Returns a failure for a status that
 * no run can end with, so that a caller that does not know the numbers sees that ocspbot did not run.
 */
export function servicesCommand({ status, file }: ServicesCommand, system: System, console: Console): number {
  // Other statuses name no service. They may even mean that the configuration is wrong.
  const services = isOfFinishedRun(status) ? readConfiguration(file, system).services : [];
  const reading = readStatus(status, services);
  if (console.format === 'json') console.print(toJsonText(readingToJson(status, reading)));
  else show(reading, console);
  return reading.isOurs ? 0 : EXIT.internal;
}

export function readingToJson(status: number, { reload, needsAttention, reasons }: StatusReading) {
  return { schema: SCHEMA, status, reload, needs_person: needsAttention, reasons };
}

function show({ isOurs, reload, reasons }: StatusReading, console: Console): void {
  console.print(reload.map((name) => `${name}\n`).join(''));
  for (const { code, message } of reasons) {
    // The run itself has already reported the other reasons.
    if (code === 'reload-unnamed') console.say(attention('warning', message));
    else if (!isOurs) console.say(attention('error', message, NOT_A_RUN_HINT));
  }
}

const NOT_A_RUN_HINT =
  'see what it printed, or run "ocspbot --version" as the same user and in the same environment';

/** Makes the reload of services pending again that the caller could not reload. The next run asks for them again. */
export async function oweCommand(
  { services, file }: OweCommand,
  system: System,
  console: Console,
): Promise<number> {
  const configuration = readConfiguration(file, system);
  for (const name of services) requireService(name, configuration);
  await handBack(configuration.ownState, services, { ...system, now: system.now() });
  if (console.format === 'json') console.print(toJsonText(owedToJson(services)));
  const text = `the next run asks for the reload of ${services.map(serviceInWords).join(', ')}`;
  console.say({ severity: 'info', text });
  return 0;
}

export function owedToJson(services: readonly string[]) {
  return { schema: SCHEMA, status: 0, owed: services };
}

function requireService(name: string, { services, file }: Configuration): void {
  const names = services.map((service) => service.name);
  if (name === UNASSIGNED || names.includes(name)) return;
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  throw new OcspbotError('usage', `the configuration ${quote(file)} has no service ${quote(name)}`, {
    hint: `${didYouMean(name, names) ?? known}; the configuration is the argument with a slash, .yaml or .yml, or that of --config`,
  });
}
