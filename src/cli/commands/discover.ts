import { resolve } from 'node:path';
import {
  configurationFor,
  type Discovery,
  type Inventory,
  stapleFolderPath,
  takeInventory,
} from '../../discovery/discover.js';
import { fetchIssuers } from '../../discovery/fetch-issuers.js';
import {
  assertStapleFolder,
  assertWritableTo,
  makeStapleFolder,
  writeNewFile,
} from '../../discovery/write.js';
import { EXIT } from '../../report/exit-status.js';
import { attention, type Line } from '../../report/text.js';
import type { System } from '../../system/system.js';
import { presentable, shownCommand } from '../../util/text.js';
import { defaultConfiguration } from '../default-configuration.js';
import type { DiscoverCommand } from '../command.js';
import { type Console, lineFor, openConsole, toJsonText } from '../console.js';
import type { Sinks } from '../sinks.js';
import { readClock } from '../clock.js';
import { checkInventory } from './discover-check.js';
import { discoveryLines, discoveryStatus, discoveryToJson } from './discovery-report.js';

type WriteTask = Extract<DiscoverCommand['task'], { kind: 'write' }>;

/** Finds certificates and servers. Prints a configuration for them, or compares one with them. */
export async function discoverCommand(
  command: DiscoverCommand,
  system: System,
  sinks: Sinks,
): Promise<number> {
  const { now } = await readClock(command.now, system);
  const { task } = command;
  // Refused before the certificates are looked for, and before a responder of issuers is asked.
  if (task.kind === 'write') assertUsable(task, system);
  const folder = stapleFolderPath(task.kind === 'write' ? task.ocspFolder : undefined, system);
  const inventory = await takeInventory({ places: command.places, folder, now }, system);
  if (task.kind === 'write')
    return await writeConfiguration(task, inventory, system, stderrConsole(sinks, command));
  const file = task.file ?? defaultConfiguration(system);
  return checkInventory(file, inventory, system, openConsole(sinks, command.output));
}

async function writeConfiguration(
  task: WriteTask,
  found: Inventory,
  system: System,
  console: Console,
): Promise<number> {
  const folder = stapleFolderPath(task.ocspFolder, system);
  const inventory = task.fetchesIssuers ? await fetchIssuers(found, folder, system) : found;
  const to = targetOf(task, system);
  const options = { folder: task.ocspFolder, makesFolder: to !== undefined, file: to ?? '/etc/ocspbot.yaml' };
  const discovery = configurationFor(inventory, options, system);
  // A configuration of no certificates is not written: it would take the place of a better one.
  const hasEntries = discovery.plan.entries.length > 0;
  const wrote = hasEntries ? to : undefined;
  const status = wrote === to ? discoveryStatus(discovery) : EXIT.attention;
  if (wrote !== undefined) await write(wrote, discovery, task, system);
  if (console.format === 'json') console.print(toJsonText(discoveryToJson(discovery, status, wrote)));
  else if (to === undefined && hasEntries) console.print(discovery.text);
  for (const line of discoveryLines(discovery)) console.say(line);
  if (wrote !== undefined)
    console.say({ severity: 'info', text: `wrote ${wrote}; next: ${shownCommand(['ocspbot', wrote])}` });
  else if (to !== undefined)
    console.say(attention('error', `${to} was not written: there is nothing to look after`, NOTHING_HINT));
  return status;
}

const NOTHING_HINT =
  'see above for the reason; run it again when there is a certificate with an OCSP responder';

function targetOf({ to }: WriteTask, { workingFolder }: System): string | undefined {
  return to === undefined ? undefined : resolve(workingFolder, to);
}

function assertUsable(task: WriteTask, system: System): void {
  const to = targetOf(task, system);
  if (to !== undefined) assertWritableTo(to, task.replaces, system);
  if (task.ocspFolder === undefined && !makesFolder(task)) return;
  assertStapleFolder(stapleFolderPath(task.ocspFolder, system), makesFolder(task), system);
}

function makesFolder({ to, fetchesIssuers }: WriteTask): boolean {
  return to !== undefined || fetchesIssuers;
}

/** Opens a console whose messages all go to standard error: standard output is for the configuration. */
function stderrConsole(sinks: Sinks, { output }: DiscoverCommand): Console {
  const console = openConsole(sinks, output);
  const say = (line: Line) => {
    if (line.severity !== 'info') console.say(line);
    else if (output.detail !== 'quiet')
      sinks.stderr.write(lineFor(sinks.stderr, { ...line, text: presentable(line.text) }));
  };
  return { ...console, say };
}

async function write(
  path: string,
  { text, folder }: Discovery,
  { replaces }: WriteTask,
  system: System,
): Promise<void> {
  if (folder.kind === 'folder') await makeStapleFolder(folder.path, system);
  await writeNewFile(path, text, replaces, system);
}
