import { DateTime } from 'luxon';
import { SECOND, type Duration } from '../time/duration.js';
import type { Instant } from '../time/instant.js';

/** A name that we gave: `NAME-YYYYMMDD-HHMMSS` (UTC), with `-2`, `-3`, … for more in the same second. */
export interface BackupName {
  readonly name: string;
  readonly of: string;
  readonly made: Instant;
  readonly number: number;
}

export interface PrunePolicy {
  /** How many stay. */
  readonly keep: number;
  /** Older ones go. */
  readonly maxAge: Duration | undefined;
}

const STAMP = 'yyyyMMdd-HHmmss';
const NAME = /^(.+)-(\d{8}-\d{6})(?:-([2-9]|[1-9]\d))?$/s;

export function backupName(of: string, made: Instant, number: number): string {
  const stamp = DateTime.fromMillis(made, { zone: 'utc' }).toFormat(STAMP);
  return number === 1 ? `${of}-${stamp}` : `${of}-${stamp}-${number}`;
}

/** Of a backup that is made now, to be newer than all of this second, also where some of them are gone again. */
export function nextNumber(backups: readonly BackupName[], now: Instant): number {
  const second = now - (now % SECOND);
  return 1 + Math.max(0, ...backups.flatMap(({ made, number }) => (made === second ? number : [])));
}

/** undefined for every name that `backupName` does not give, such as one with a date that no calendar has. */
export function parseBackupName(name: string): BackupName | undefined {
  const [, of, stamp, number = '1'] = NAME.exec(name) ?? [];
  if (of === undefined || stamp === undefined) return undefined;
  const backup = { name, of, made: timeOf(stamp), number: Number(number) };
  return backupName(of, backup.made, backup.number) === name ? backup : undefined;
}

/** Also of 24:00:00, which luxon takes for the next day: the name then is not the same when given again. */
function timeOf(stamp: string): Instant {
  return DateTime.fromFormat(stamp, STAMP, { zone: 'utc' }).toMillis();
}

/** For what the name is a backup, if it is one at all: quick enough for every name in a folder. */
export function backedUpName(name: string): string | undefined {
  return NAME.exec(name)?.[1];
}

/** The newest first. */
export function newestFirst<T extends BackupName>(backups: readonly T[]): T[] {
  return [...backups].sort((a, b) => b.made - a.made || b.number - a.number);
}

/**
 * Which backups of one file go: those beyond `keep`, and those older than `maxAge`. The newest never goes, and
 * `current`, the one that the run works with, neither, whatever clock has dated the others.
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
