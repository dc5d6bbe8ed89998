import type { VerificationCode } from '../../util/errors.js';
import { formatInstant, type Instant } from '../../util/time.js';
import type { InstalledTimes } from './question.js';

/** What may have changed since a response was verified: the clock, and the response that it is to replace. */
export interface Change {
  readonly now: Instant;
  readonly installed: InstalledTimes | undefined;
  /** As in Circumstances. */
  readonly mayBeOlder: boolean;
}

/** A verified response, as far as its times go. */
interface Lifetime extends InstalledTimes {
  readonly usefulUntil: Instant;
  /** Failures that were overlooked. */
  readonly forgiven: readonly VerificationCode[];
}

export interface Objection {
  readonly code: VerificationCode;
  readonly problem: string;
}

/** Says why a verified response is not to be installed any more. Its octets are the same, so its signature stands. */
export function objectionTo(response: Lifetime, change: Change): Objection | undefined {
  const { usefulUntil, forgiven } = response;
  if (forgiven.length === 0 && isOver(response, change.now)) {
    return { code: 'response-expired', problem: `it was good until ${formatInstant(usefulUntil)}` };
  }
  if (change.installed === undefined || change.mayBeOlder || !isOlder(response, change.installed))
    return undefined;
  return { code: 'older-than-installed', problem: olderThan(response, change.installed) };
}

/** All ends are the last good second, but nextUpdate, at which there is newer information (RFC 6960 §2.4). */
function isOver({ nextUpdate, usefulUntil }: Lifetime, now: Instant): boolean {
  return nextUpdate <= now || usefulUntil < now;
}

/** The times of a response that are compared: of one that does not say good, nextUpdate does not matter. */
type Compared = Pick<InstalledTimes, 'thisUpdate'> & Partial<InstalledTimes>;

/** Neither thisUpdate nor nextUpdate may go backwards (RFC 9919 §5). */
export function isOlder({ thisUpdate, nextUpdate = Infinity }: Compared, installed: InstalledTimes): boolean {
  return thisUpdate < installed.thisUpdate || nextUpdate < installed.nextUpdate;
}

export function olderThan(one: Compared, installed: InstalledTimes): string {
  const { thisUpdate, nextUpdate = Infinity } = one;
  const words = (field: string, [own, other]: readonly [Instant, Instant]) =>
    `${field} ${formatInstant(own)}, but the installed one has ${formatInstant(other)}`;
  return thisUpdate < installed.thisUpdate
    ? words('thisUpdate', [thisUpdate, installed.thisUpdate])
    : words('nextUpdate', [nextUpdate, installed.nextUpdate]);
}
