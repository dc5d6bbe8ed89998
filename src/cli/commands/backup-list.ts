import type { VerifiedResponse } from '../../ocsp/verify/verify.js';
import { SCHEMA } from '../../report/json.js';
import type { InspectedCertificate } from '../../run/inspect.js';
import type { Backup, Backups, Choice } from '../../run/sources/backups.js';
import { formatInstant } from '../../util/time.js';

/** The backups of one certificate, and the one that a rollback would restore. */
export interface BackupList {
  readonly open: InspectedCertificate;
  readonly found: Backups;
  readonly choice: Choice;
  /** The command line that restores it. */
  readonly command: string;
}

export function backupsText({ open, found: { folder, backups }, choice, command }: BackupList): string {
  const { staple, isRestored } = open;
  const about = 'problem' in staple ? staple.problem : '';
  const inPlace = staple.kind === 'usable' ? timesOf(staple.response) : about;
  const width = Math.max(...backups.map(({ name }) => name.length), IN_PLACE.length);
  const row = (name: string, state: string, text: string) =>
    `${name.padEnd(width)}  ${state.padEnd(STATE)}  ${text}`.trimEnd();
  const lines = [
    row(IN_PLACE, staple.kind, isRestored ? `${inPlace}, restored by a rollback` : inPlace),
    ...backups.map((backup) => row(backup.name, backup.kind, describeBackup(backup))),
    conclusion(choice, backups.length, folder, command),
  ];
  return `${lines.join('\n')}\n`;
}

const IN_PLACE = 'in place';
const STATE = 'unreadable'.length;

function describeBackup(backup: Backup): string {
  switch (backup.kind) {
    case 'good':
      return timesOf(backup.response);
    case 'past':
      return `${timesOf(backup.response)}: ${backup.problem}`;
    case 'refused':
      return backup.problem;
  }
}

function timesOf({ thisUpdate, usefulUntil }: VerifiedResponse): string {
  return `of ${formatInstant(thisUpdate)}, good until ${formatInstant(usefulUntil)}`;
}

function conclusion(choice: Choice, count: number, folder: string, command: string): string {
  switch (choice.kind) {
    case 'chosen':
      return `${command} would restore ${choice.backup.name}`;
    case 'refused':
      return `${choice.backup.name} cannot be restored${choice.backup.kind === 'past' ? ' without --force' : ''}`;
    case 'none':
      return count === 0 ? `there are no backups in ${folder}` : 'none of these would be restored';
  }
}

export function backupsToJson({
  open: { entry, staple, isRestored },
  found: { folder, backups },
  choice,
}: BackupList) {
  const chosen = choice.kind === 'chosen' ? choice.backup.name : undefined;
  return {
    schema: SCHEMA,
    name: entry.name,
    file: entry.ocsp,
    staple: {
      state: staple.kind,
      problem: 'problem' in staple ? staple.problem : undefined,
      put_back: isRestored,
      ...(staple.kind === 'usable' ? timesToJson(staple.response) : {}),
    },
    folder,
    backups: backups.map((backup) => ({
      name: backup.name,
      made: formatInstant(backup.made),
      verdict: backup.kind,
      problem: 'problem' in backup ? backup.problem : undefined,
      ...(backup.kind === 'refused' ? {} : timesToJson(backup.response)),
    })),
    chosen,
  };
}

function timesToJson({ thisUpdate, nextUpdate, usefulUntil }: VerifiedResponse) {
  return {
    this_update: formatInstant(thisUpdate),
    next_update: formatInstant(nextUpdate),
    useful_until: formatInstant(usefulUntil),
  };
}
