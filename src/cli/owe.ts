import { UNASSIGNED, type Configuration } from '../configuration/model.js';
import { readConfiguration } from '../configuration/read.js';
import { didYouMean } from '../configuration/suggestions.js';
import { OcspbotError } from '../errors.js';
import { SCHEMA } from '../report/json.js';
import { handBack } from '../state/hand-back.js';
import type { System } from '../system/system.js';
import { quote } from '../text/visible.js';
import type { OweCommand } from './command.js';
import { toJsonText, type Console } from './console.js';

/** Takes back services that the caller was told to reload, and could not: the next run asks for them again. */
export async function oweCommand(
  { services, file }: OweCommand,
  system: System,
  console: Console,
): Promise<number> {
  const configuration = readConfiguration(file, system);
  for (const name of services) requireService(name, configuration);
  await handBack(configuration.ownState, services, { ...system, now: system.now() });
  if (console.format === 'json') console.print(toJsonText({ schema: SCHEMA, status: 0, owed: services }));
  const text = `the next run asks for the reload of ${services.join(', ')}`;
  console.say({ severity: 'info', text });
  return 0;
}

function requireService(name: string, { services, file }: Configuration): void {
  const names = services.map((service) => service.name);
  if (name === UNASSIGNED || names.includes(name)) return;
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  throw new OcspbotError('usage', `the configuration ${quote(file)} has no service ${quote(name)}`, {
    hint: `${didYouMean(name, names) ?? known}; the configuration is the argument with a slash, .yaml or .yml, or that of --config`,
  });
}
