import { backupName } from '../installation/backups.js';
import { sameBytes } from '../installation/old-staple.js';
import type { Staple } from '../staple/staple.js';
import { parseInstant } from '../time/instant.js';
import type { Backup } from './backups.js';

/** Which backup is wanted. */
export interface Wish {
  /** Its name, the time in its name, or that time in ISO 8601; undefined leaves the choice to us. */
  readonly to: string | undefined;
  /** Also one whose time is past. */
  readonly force: boolean;
}

/** A backup that can be put back. */
export type Choosable = Extract<Backup, { kind: 'good' | 'past' }>;

export type Choice =
  | { readonly kind: 'chosen'; readonly backup: Choosable }
  /** The one that was named cannot be put back, or only by force. */
  | { readonly kind: 'refused'; readonly backup: Exclude<Backup, { kind: 'good' }> }
  | { readonly kind: 'none' };

/**
 * The one that was named. Else the newest response that is no newer than the one in place, and another one: to roll
 * back twice goes back further, and never to what the first time was meant to get rid of. Where what is in place is
 * of no use, the newest. One whose time is past comes last. None where what is in place must stay.
 */
export function chooseBackup(backups: readonly Backup[], staple: Staple, { to, force }: Wish): Choice {
  if (staple.kind === 'other') return { kind: 'none' };
  if (to === undefined) return chooseNewest(backups, staple, force);
  const backup = backups.find((one) => isNamed(one, to));
  if (backup === undefined) return { kind: 'none' };
  const isWanted = backup.kind === 'good' || (backup.kind === 'past' && force);
  return isWanted ? { kind: 'chosen', backup } : { kind: 'refused', backup };
}

function isNamed({ name, of }: Backup, to: string): boolean {
  const time = parseInstant(to);
  return name === to || name === `${of}-${to}` || (time !== undefined && name === backupName(of, time, 1));
}

function chooseNewest(backups: readonly Backup[], staple: Staple, force: boolean): Choice {
  const candidates = backups.filter(
    (backup): backup is Choosable => backup.kind === 'good' || (backup.kind === 'past' && force),
  );
  const [backup] = candidates.filter(({ response }) => isBehind(response, staple)).sort(newestGoodFirst);
  return backup === undefined ? { kind: 'none' } : { kind: 'chosen', backup };
}

function isBehind(response: Choosable['response'], staple: Staple): boolean {
  if (staple.kind !== 'usable') return true;
  return response.thisUpdate <= staple.response.thisUpdate && !sameBytes(response.der, staple.response.der);
}

function newestGoodFirst(one: Choosable, other: Choosable): number {
  const [first, second] = [one.response, other.response];
  return (
    Number(one.kind === 'past') - Number(other.kind === 'past') ||
    second.thisUpdate - first.thisUpdate ||
    second.usefulUntil - first.usefulUntil ||
    other.made - one.made
  );
}
