import { EXIT } from '../../report/exit-status.js';
import { findEntry } from '../../run/selection.js';
import { chooseBackup, lookAtBackups } from '../../run/sources/backups.js';
import { rollbackWork } from '../../run/sources/rollback.js';
import type { System } from '../../system/system.js';
import { shownCommand } from '../../util/text.js';
import type { ListBackupsCommand, RollbackCommand } from '../command.js';
import { type Console, toJsonText } from '../console.js';
import type { Sinks } from '../sinks.js';
import { backupsText, backupsToJson } from './backup-list.js';
import { inspectNamed } from './named-certificate.js';
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
  const { certificate, context } = await inspectNamed(command, system);
  const { entry, question, staple } = certificate;
  const { configuration, now } = context;
  const found = lookAtBackups(entry, question, configuration, { now, files: system.files });
  const choice = chooseBackup(found.backups, staple, command.wish);
  const list = { open: certificate, found, choice, command: rollbackCommandLine(command) };
  console.print(console.format === 'json' ? toJsonText(backupsToJson(list)) : backupsText(list));
  return choice.kind === 'chosen' ? 0 : EXIT.attention;
}

/** Returns the command line that restores it, as it is typed in a shell. */
function rollbackCommandLine({ name, wish: { to, force }, file }: ListBackupsCommand): string {
  const wish = [...(to === undefined ? [] : ['--to', to]), ...(force ? ['--force'] : [])];
  return shownCommand(['ocspbot', 'rollback', name, ...wish, '--config', file]);
}
