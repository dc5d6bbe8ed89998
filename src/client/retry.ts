import { LIMITS } from '../util/limits.js';
import type { Duration } from '../util/time.js';
import {
  type Attempt,
  byOtherMethod,
  type Cause,
  type RequestForm,
  isSameForm,
  type Pause,
  type RequestWay,
} from './attempt.js';
import { nextTurn, type Plan, type TriedAttempt, type Turn } from './turns.js';

const AT_ONCE: Pause = { backOff: 0, atLeast: 0 };

/**
 * Returns the next attempt; undefined if none is left. The same responder is asked in another way first, then the next
 * responder. When all have been asked, a further round asks those that may have recovered meanwhile.
 */
export function nextAttempt(plan: Plan, tries: readonly TriedAttempt[]): Attempt | undefined {
  const last = tries.at(-1);
  if (last === undefined) return askFirst(plan, plan.responders[0]);
  if (last.cause === 'final') return undefined;
  return (
    anotherWay(plan, tries, last) ?? anotherResponder(plan, tries, last) ?? anotherRound(plan, tries, last)
  );
}

function askFirst(plan: Plan, responder: URL | undefined): Attempt | undefined {
  return (
    responder && { responder, form: plan.firstForm(responder), caches: 'used', round: 1, pause: AT_ONCE }
  );
}

/** Asks the same responder in another way. Each form is tried once, and caches are bypassed once. */
function anotherWay(
  plan: Plan,
  tries: readonly TriedAttempt[],
  { attempt, cause }: TriedAttempt,
): Attempt | undefined {
  const { responder, form, round } = attempt;
  const before = triesOf(responder, tries).map((one) => one.attempt);
  const way = otherWays(cause, attempt, plan.isProven(responder, form.hash)).find(
    ({ form, caches }) =>
      plan.isPossible(responder, form) &&
      !before.some((one) => (caches === 'bypassed' ? one.caches === 'bypassed' : isSameForm(one.form, form))),
  );
  return way && { responder, ...way, round, pause: AT_ONCE };
}

function anotherResponder(
  plan: Plan,
  tries: readonly TriedAttempt[],
  { attempt: { round } }: TriedAttempt,
): Attempt | undefined {
  const asked = new Set(tries.flatMap(({ attempt }) => (attempt.round === round ? attempt.responder : [])));
  if (round === 1)
    return askFirst(
      plan,
      plan.responders.find((responder) => !asked.has(responder)),
    );
  const next = roundOf(round, plan, tries)?.turns.find(({ responder }) => !asked.has(responder));
  return next && attemptOf(next, round, AT_ONCE);
}

function anotherRound(plan: Plan, tries: readonly TriedAttempt[], last: TriedAttempt): Attempt | undefined {
  const round = last.attempt.round + 1;
  const found = roundOf(round, plan, tries);
  const first = found?.turns[0];
  return found && first && attemptOf(first, round, found.pause);
}

function attemptOf({ responder, form, caches }: Turn, round: number, pause: Pause): Attempt {
  return { responder, form, caches, round, pause };
}

interface Round {
  readonly turns: readonly Turn[];
  /** The pause before the round. */
  readonly pause: Pause;
}

/** Plans the second round or a later one; undefined if there is none. */
function roundOf(round: number, plan: Plan, all: readonly TriedAttempt[]): Round | undefined {
  const tries = all.filter(({ attempt }) => attempt.round < round);
  const isExtra = round > plan.rounds;
  if (isExtra && (round > 2 || !plan.triesBothMethods)) return undefined;
  const turns = plan.responders
    .flatMap((responder) => nextTurn(responder, plan, triesOf(responder, tries)) ?? [])
    .filter(({ isNew }) => isNew || !isExtra);
  if (turns.length === 0) return undefined;
  const atLeast = Math.min(...turns.map(({ retryAfter }) => retryAfter));
  const pause = { backOff: isExtra ? 0 : LIMITS.firstPause * 2 ** (round - 2), atLeast };
  const waited = tries.reduce((sum, { attempt }) => sum + longest(attempt.pause), 0);
  if (waited + longest(pause) > plan.patience) return undefined;
  return { turns: turns.filter(({ retryAfter }) => retryAfter <= longest(pause)), pause };
}

function longest({ backOff, atLeast }: Pause): Duration {
  return Math.max(backOff, atLeast);
}

function triesOf(responder: URL, tries: readonly TriedAttempt[]): TriedAttempt[] {
  return tries.filter(({ attempt }) => attempt.responder === responder);
}

type Change = (way: RequestWay) => RequestWay | undefined;

const pastCaches: Change = ({ form }) => (form.method === 'get' ? { form, caches: 'bypassed' } : undefined);
const byMethod: Change = ({ form }) => ({ form: byOtherMethod(form), caches: 'used' });
const byPost: Change = (way) => (way.form.method === 'get' ? byMethod(way) : undefined);
const byHash: Change = ({ form }) => ({ form: { ...form, hash: otherHash(form) }, caches: 'used' });

const CHANGES: Readonly<Record<Cause, readonly Change[]>> = {
  // Only waiting helps: the next round asks again.
  passing: [],
  unreachable: [],
  stale: [pastCaches, byPost],
  unauthorized: [pastCaches, byMethod, byHash],
  'request-refused': [byMethod, byHash],
  'turned-away': [byMethod],
  'hash-refused': [byHash, byMethod],
  final: [],
  'no-other-way': [],
};

/**
 * Returns the other ways to ask the same responder after a failure, the most promising one first.
 *
 * @param isProven the responder has given good answers to this hash. If it then does not know a certificate, only a cache
 *   can be wrong.
 */
function otherWays(cause: Cause, way: RequestWay, isProven: boolean): RequestWay[] {
  const changes = CHANGES[cause === 'unauthorized' && isProven ? 'stale' : cause];
  return changes.flatMap((change) => change(way) ?? []);
}

function otherHash({ hash }: RequestForm): RequestForm['hash'] {
  return hash === 'sha1' ? 'sha256' : 'sha1';
}
