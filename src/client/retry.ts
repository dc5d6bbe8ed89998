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
import { nextTurn, type Plan, type Try, type Turn } from './turns.js';

const AT_ONCE: Pause = { backOff: 0, atLeast: 0 };

/**
 * What to try next; undefined when there is nothing left. First the same responder in another way, then the next one,
 * and when all have been asked, those that may have recovered meanwhile.
 */
export function nextAttempt(plan: Plan, tries: readonly Try[]): Attempt | undefined {
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

/** Each way once, and past caches once: what they have kept is then known. */
function anotherWay(plan: Plan, tries: readonly Try[], { attempt, cause }: Try): Attempt | undefined {
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
  tries: readonly Try[],
  { attempt: { round } }: Try,
): Attempt | undefined {
  const asked = new Set(tries.flatMap(({ attempt }) => (attempt.round === round ? attempt.responder : [])));
  if (round === 1)
    return askFirst(
      plan,
      plan.responders.find((responder) => !asked.has(responder)),
    );
  const next = roundOf(round, plan, tries)?.turns.find(({ responder }) => !asked.has(responder));
  return next && take(next, round, AT_ONCE);
}

function anotherRound(plan: Plan, tries: readonly Try[], last: Try): Attempt | undefined {
  const round = last.attempt.round + 1;
  const found = roundOf(round, plan, tries);
  const first = found?.turns[0];
  return found && first && take(first, round, found.pause);
}

function take({ responder, form, caches }: Turn, round: number, pause: Pause): Attempt {
  return { responder, form, caches, round, pause };
}

interface Round {
  readonly turns: readonly Turn[];
  /** Before all of it. */
  readonly pause: Pause;
}

/** The second round, and those after it. */
function roundOf(round: number, plan: Plan, all: readonly Try[]): Round | undefined {
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

function triesOf(responder: URL, tries: readonly Try[]): Try[] {
  return tries.filter(({ attempt }) => attempt.responder === responder);
}

type Change = (way: RequestWay) => RequestWay | undefined;

const pastCaches: Change = ({ form, caches }) =>
  form.method === 'get' && caches === 'used' ? { form, caches: 'bypassed' } : undefined;
const byMethod: Change = ({ form }) => ({ form: byOtherMethod(form), caches: 'used' });
const byPost: Change = (way) => (way.form.method === 'get' ? byMethod(way) : undefined);
const byHash: Change = ({ form }) => ({ form: { ...form, hash: otherHash(form) }, caches: 'used' });

const CHANGES: Readonly<Record<Cause, readonly Change[]>> = {
  // These wait for their next turn.
  passing: [],
  unreachable: [],
  stale: [pastCaches, byPost],
  unauthorized: [pastCaches, byMethod, byHash],
  'request-refused': [byMethod, byHash],
  'turned-away': [byMethod],
  'hash-refused': [byHash, byMethod],
  final: [],
  other: [],
};

/**
 * In which ways the same responder might be asked after one has failed, the most promising one first.
 *
 * @param isProven the responder understands this hash: where it knows nothing of the certificate, only caches are left
 *   to be doubted
 */
function otherWays(cause: Cause, way: RequestWay, isProven: boolean): RequestWay[] {
  const changes = CHANGES[cause === 'unauthorized' && isProven ? 'stale' : cause];
  return changes.flatMap((change) => change(way) ?? []);
}

function otherHash({ hash }: RequestForm): RequestForm['hash'] {
  return hash === 'sha1' ? 'sha256' : 'sha1';
}
