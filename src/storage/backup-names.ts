import { formatStamp, parseStamp } from '../util/calendar.js';
import { type Duration, type Instant, SECOND } from '../util/time.js';
import { LIMITS } from '../util/limits.js';
import { LONGEST_NAME } from './names.js';

/** The name of a backup: `NAME-YYYYMMDD-HHMMSS` (UTC), with `-2`, `-3`, … for more in the same second. */
export interface BackupName {
  readonly name: string;
  readonly of: string;
  readonly made: Instant;
  readonly number: number;
}

export interface PrunePolicy {
  /** The number of backups that stay. */
  readonly keep: number;
  /** The age above which backups are removed. */
  readonly maxAge: Duration | undefined;
}

const NAME = /^(.+)-(\d{8}-\d{6})(?:-([2-9]|[1-9]\d))?$/s;

export function backupName(of: string, made: Instant, number: number): string {
  const stamp = formatStamp(made);
  return number === 1 ? `${of}-${stamp}` : `${of}-${stamp}-${number}`;
}

/** Reports whether a name is so short that all backups can begin with it. */
export function canBeginBackups(of: string): boolean {
  return Buffer.byteLength(backupName(of, 0, LIMITS.backupsOfOneSecond)) <= LONGEST_NAME;
}

/** Returns the number of a new backup. It is above all numbers of this second, even if lower ones are free again. */
export function nextNumber(backups: readonly BackupName[], now: Instant): number {
  const second = now - (now % SECOND);
  return 1 + Math.max(0, ...backups.flatMap(({ made, number }) => (made === second ? number : [])));
}

/** Parses the name of a backup; undefined for a name that `backupName` does not give, such as one with an invalid date. */
export function parseBackupName(name: string): BackupName | undefined {
  const [, of, stamp = '', number = '1'] = NAME.exec(name) ?? [];
  const made = parseStamp(stamp);
  if (of === undefined || made === undefined) return undefined;
  const backup = { name, of, made, number: Number(number) };
  // 24:00:00 would be made as another name.
  return backupName(of, backup.made, backup.number) === name ? backup : undefined;
}

/** Returns the name of the file that was backed up, without checking the date. Fast enough for all names of a folder. */
export function backedUpName(name: string): string | undefined {
  return NAME.exec(name)?.[1];
}

/** Sorts backups, the newest first. */
export function newestFirst<T extends BackupName>(backups: readonly T[]): T[] {
  return [...backups].sort((a, b) => b.made - a.made || b.number - a.number);
}

/**
 * Returns the backups of one file to remove: those beyond `keep`, and those older than `maxAge`. The newest always stays.
 * So does `current`, the backup of this run, even if a wrong clock has dated others later.
 */
export function prunePlan(
  backups: readonly BackupName[],
  { keep, maxAge }: PrunePolicy,
  now: Instant,
  current: string | undefined,
): string[] {
  return newestFirst(backups)
    .map(({ name, made }, rank) => ({ name, rank, age: now - made }))
    .filter(({ rank, age }) => rank > 0 && (rank >= keep || (maxAge !== undefined && age > maxAge)))
    .map(({ name }) => name)
    .filter((name) => name !== current);
}
