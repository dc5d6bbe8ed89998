import { EXIT } from '../report/exit-status.js';
import { IssuerCache } from '../certificates/load.js';
import { loadSubject } from '../certificates/subject.js';
import { readConfiguration } from '../configuration/read.js';
import { lookAtBackups } from '../refresh/backups.js';
import { openCase } from '../refresh/case.js';
import { chooseBackup } from '../refresh/choose-backup.js';
import type { System } from '../system/system.js';
import { shownCommand } from '../text/command.js';
import { backupsText, backupsToJson } from './backup-list.js';
import type { ListBackupsCommand } from './command.js';
import { toJsonText, type Console } from './console.js';
import { contextOf } from './context.js';
import { findEntry } from '../refresh/select.js';
import { momentOf } from './moment.js';
import { readNow } from './verify-arguments.js';

/** Tells what there is to go back to, and changes nothing. 0 when a rollback would put something back, 32 when not. */
export function listBackupsCommand(command: ListBackupsCommand, system: System, console: Console): number {
  const configuration = readConfiguration(command.file, system);
  const entry = findEntry(configuration, command.name);
  const { files } = system;
  const moment = momentOf(readNow(command.now), system);
  const subject = loadSubject(entry, files, new IssuerCache(files), moment.now);
  const context = contextOf(configuration, moment, system);
  const open = openCase(entry, subject, context);
  const circumstances = { policy: configuration.policy, now: context.now };
  const found = lookAtBackups(entry, open.question, circumstances, configuration, files);
  const choice = chooseBackup(found.backups, open.staple, command.wish);
  const list = { open, found, choice, command: rollbackOf(command) };
  console.print(console.format === 'json' ? toJsonText(backupsToJson(list)) : backupsText(list));
  return choice.kind === 'chosen' ? 0 : EXIT.attention;
}

/** What would put it back, as it has to be typed. */
function rollbackOf({ name, wish: { to, force }, file }: ListBackupsCommand): string {
  const wish = [...(to === undefined ? [] : ['--to', to]), ...(force ? ['--force'] : [])];
  return shownCommand(['ocspbot', 'rollback', name, ...wish, '--config', file]);
}
