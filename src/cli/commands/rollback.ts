import { readConfiguration } from '../../configuration/read.js';
import { EXIT } from '../../report/exit-status.js';
import { loadEntry } from '../../run/entries.js';
import { inspect, openInspection } from '../../run/inspect.js';
import { findEntry } from '../../run/selection.js';
import { chooseBackup, lookAtBackups } from '../../run/sources/backups.js';
import { rollbackWork } from '../../run/sources/rollback.js';
import type { System } from '../../system/system.js';
import { shownCommand } from '../../util/text.js';
import { IssuerCache } from '../../x509/load.js';
import type { ListBackupsCommand, RollbackCommand } from '../command.js';
import { type Console, type Sinks, toJsonText } from '../console.js';
import { readClock } from '../clock.js';
import { backupsText, backupsToJson } from './backup-list.js';
import { perform } from './refresh.js';

/** Restores a backup by the transaction of a run. */
export function rollbackCommand(command: RollbackCommand, system: System, sinks: Sinks): Promise<number> {
  return perform(command, system, sinks, (configuration, { now }) => {
    const entry = findEntry(configuration, command.name);
    const tools = { now, files: system.files };
    return Promise.resolve(rollbackWork(entry, command.wish, configuration, tools));
  });
}

/** Lists the backups and changes nothing. Returns 0 if a rollback would restore one, 32 if not. */
export async function listBackupsCommand(
  command: ListBackupsCommand,
  system: System,
  console: Console,
): Promise<number> {
  const moment = await readClock(command.now, system);
  const configuration = readConfiguration(command.file, system);
  const entry = findEntry(configuration, command.name);
  const { files } = system;
  const subject = loadEntry(entry, files, new IssuerCache(files), moment.now);
  const context = openInspection(configuration, moment, system);
  const open = inspect(entry, subject, context);
  const found = lookAtBackups(entry, open.question, configuration, { now: context.now, files });
  const choice = chooseBackup(found.backups, open.staple, command.wish);
  const list = { open, found, choice, command: rollbackCommandLine(command) };
  console.print(console.format === 'json' ? toJsonText(backupsToJson(list)) : backupsText(list));
  return choice.kind === 'chosen' ? 0 : EXIT.attention;
}

/** Returns the command line that restores it, as it is typed in a shell. */
function rollbackCommandLine({ name, wish: { to, force }, file }: ListBackupsCommand): string {
  const wish = [...(to === undefined ? [] : ['--to', to]), ...(force ? ['--force'] : [])];
  return shownCommand(['ocspbot', 'rollback', name, ...wish, '--config', file]);
}
