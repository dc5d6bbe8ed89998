import type { VerificationCode } from '../../util/errors.js';
import { formatInstant, type Instant } from '../../util/time.js';
import type { InstalledTimes } from './question.js';

/** The clock and the installed response, which may have changed since a response was verified. */
export interface Change {
  readonly now: Instant;
  readonly installed: InstalledTimes | undefined;
  /** As in Circumstances. */
  readonly mayBeOlder: boolean;
}

/** The times of a verified response. */
interface Lifetime extends InstalledTimes {
  readonly usefulUntil: Instant;
  /** Failures that were overridden. */
  readonly forgiven: readonly VerificationCode[];
}

export interface Objection {
  readonly code: VerificationCode;
  readonly problem: string;
}

/** Says why a verified response must not be installed any more. Its bytes are the same, so its signature is valid. */
export function objectionTo(response: Lifetime, change: Change): Objection | undefined {
  const { usefulUntil, forgiven } = response;
  if (forgiven.length === 0 && isOver(response, change.now)) {
    return { code: 'response-expired', problem: `it was good until ${formatInstant(usefulUntil)}` };
  }
  if (change.installed === undefined || change.mayBeOlder) return undefined;
  const older = pairsOf<InstalledTimes, InstalledTimes>(response, change.installed).find(([one, other]) =>
    isOlder(one, other),
  );
  return older && { code: 'older-than-installed', problem: olderThan(...older) };
}

interface Shared<T> {
  readonly also?: ReadonlyMap<string, T> | undefined;
}

/** Pairs a response with the installed one, for each certificate that both are for. */
export function pairsOf<T extends Shared<T>, U extends Shared<U>>(
  response: T,
  installed: U,
): readonly (readonly [T, U])[] {
  const others = [...(response.also ?? [])].flatMap(([name, one]) => {
    const other = installed.also?.get(name);
    return other === undefined ? [] : [[one, other] as const];
  });
  return [[response, installed], ...others];
}

/** Reports whether the response has expired: at nextUpdate (RFC 6960 §2.4), or after the other ends. */
function isOver({ nextUpdate, usefulUntil }: Lifetime, now: Instant): boolean {
  return nextUpdate <= now || usefulUntil < now;
}

/** The times that are compared. nextUpdate is left out if the response does not say good. */
type Compared = Pick<InstalledTimes, 'thisUpdate'> & Partial<InstalledTimes>;

/** Reports whether thisUpdate or nextUpdate goes backwards (RFC 9919 §5). */
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
