import type { Configuration, Service } from '../../configuration/model.js';
import { defaultSettings, readConfiguration } from '../../configuration/read.js';
import { OcspbotError } from '../../util/errors.js';
import { EXIT } from '../../report/exit-status.js';
import { SCHEMA, liveResultToJson } from '../../report/json.js';
import { liveHint, liveResultText } from '../../services/live-messages.js';
import { attention } from '../../report/text.js';
import { type Inventory, openInventory } from '../../run/reloads.js';
import type { Clock } from '../../run/types.js';
import type { LiveCircumstances } from '../../services/types.js';
import { openInspection } from '../../run/inspect.js';
import { checkLive, type LiveResult } from '../../services/live.js';
import type { System, TlsServer } from '../../system/system.js';
import { defaultConfiguration } from '../default-configuration.js';
import type { LiveCommand } from '../command.js';
import { type Console, toJsonText } from '../console.js';
import { readClock } from '../clock.js';
import { usage } from '../values.js';

/** Reports what servers staple. Returns 0 if all is as it should be, 32 if not. */
export async function liveCommand(command: LiveCommand, system: System, console: Console): Promise<number> {
  const moment = await readClock(command.now, system);
  const { targets, lookUpFor, circumstances } = liveViewOf(
    command,
    configurationOf(command, system),
    moment,
    system,
  );
  const checks = targets.map(({ server, service }) =>
    checkLive(server, lookUpFor?.(service), circumstances, system.tls),
  );
  const results = (await Promise.all(checks)).flat();
  const status = results.every((result) => liveHint(result) === undefined) ? 0 : EXIT.attention;
  if (console.format === 'json') console.print(toJsonText(liveToJson(results, status)));
  else for (const result of results) show(result, console);
  return status;
}

export function liveToJson(results: readonly LiveResult[], status: number) {
  return { schema: SCHEMA, status, servers: results.map(liveResultToJson) };
}

function show(result: LiveResult, console: Console): void {
  const hint = liveHint(result);
  if (hint === undefined) console.say({ severity: 'info', text: liveResultText(result) });
  else console.say(attention('error', liveResultText(result), hint));
}

/** Reads the configuration. It may be missing if the command names a server. */
function configurationOf({ file, server }: LiveCommand, system: System): Configuration | undefined {
  try {
    return readConfiguration(file ?? defaultConfiguration(system), system);
  } catch (error) {
    const isLeftOut = file === undefined && server !== undefined;
    if (isLeftOut && error instanceof OcspbotError && error.code === 'configuration-unreadable')
      return undefined;
    throw error;
  }
}

interface Target {
  readonly server: TlsServer;
  /** The service of the server, if it is known. */
  readonly service?: Service;
}

interface LiveView {
  readonly targets: readonly Target[];
  readonly lookUpFor: Inventory['lookUpFor'] | undefined;
  readonly circumstances: LiveCircumstances;
}

function liveViewOf(
  { server }: LiveCommand,
  configuration: Configuration | undefined,
  moment: Clock,
  system: System,
): LiveView {
  const targets = server === undefined ? targetsOf(configuration) : [{ server }];
  if (configuration === undefined) {
    const { policy } = defaultSettings(system);
    const circumstances = { policy, now: moment.now, trustedResponders: [] };
    return { targets, lookUpFor: undefined, circumstances };
  }
  const context = openInspection(configuration, moment, system);
  const { trustedResponders } = context;
  const { lookUpFor } = openInventory(context);
  return {
    targets,
    lookUpFor,
    circumstances: { policy: configuration.policy, now: moment.now, trustedResponders },
  };
}

function targetsOf(configuration: Configuration | undefined): readonly Target[] {
  const services = configuration?.services ?? [];
  const targets = services.flatMap((service) => service.live.map((server) => ({ server, service })));
  if (targets.length === 0) throw usage('no service has "live": name HOST:PORT');
  return targets;
}
