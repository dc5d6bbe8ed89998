import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Attempt,
  type Cause,
  type RequestForm,
  isSameForm,
  pauseLength,
  shownWay,
} from '../../src/client/attempt.js';
import { nextAttempt } from '../../src/client/retry.js';
import type { Plan, TriedAttempt } from '../../src/client/turns.js';
import { LIMITS } from '../../src/util/limits.js';
import { SECOND } from '../../src/util/time.js';

const FORMS: readonly RequestForm[] = (['sha1', 'sha256'] as const).flatMap((hash) => [
  { method: 'get', hash },
  { method: 'post', hash },
]);

interface Circumstances extends Partial<Pick<Plan, 'rounds' | 'patience' | 'triesBothMethods'>> {
  readonly hosts?: readonly string[];
  /** The request forms that the settings allow, in their order. */
  readonly forms?: readonly RequestForm[];
  readonly proven?: boolean;
}

type Answer = Cause | { readonly retryAfter: number };

/** Returns the attempts at a responder that answers as given, up to the first good response. */
function play(
  answer: (attempt: Attempt, count: number) => Answer | 'good',
  circumstances: Circumstances = {},
) {
  const {
    hosts = ['a'],
    forms = FORMS,
    proven = false,
    rounds = 1,
    patience = LIMITS.pauses,
    triesBothMethods = true,
  } = circumstances;
  const plan: Plan = {
    responders: hosts.map((host) => new URL(`http://${host}/`)),
    rounds,
    patience,
    triesBothMethods,
    firstForm: () => forms[0] as RequestForm,
    isPossible: (_, form) => forms.some((one) => isSameForm(one, form)),
    isProven: () => proven,
  };
  const tries: TriedAttempt[] = [];
  for (let attempt = nextAttempt(plan, tries); attempt; attempt = nextAttempt(plan, tries)) {
    const given = answer(attempt, tries.length + 1);
    const cause = given === 'good' ? 'final' : typeof given === 'string' ? given : 'passing';
    tries.push({ attempt, cause, retryAfter: typeof given === 'string' ? undefined : given.retryAfter });
    expect(tries.length, 'attempts').toBeLessThan(60);
  }
  return tries.map(({ attempt }) => attempt);
}

function shown(attempts: readonly Attempt[]): string[] {
  return attempts.map((attempt) => `${attempt.responder.host} ${shownWay(attempt)}`.replace('a ', ''));
}

describe('a responder that always fails the same way is asked', () => {
  const byPost = FORMS.filter(({ method }) => method === 'post');
  const byGet = FORMS.filter(({ method }) => method === 'get');
  const bySha1 = FORMS.filter(({ hash }) => hash === 'sha1');
  test.each<[Cause, Circumstances, string[]]>([
    ['no-other-way', {}, ['GET']],
    ['final', { hosts: ['a', 'b'] }, ['GET']],
    ['passing', {}, ['GET', 'POST']],
    ['passing', { triesBothMethods: false }, ['GET']],
    ['passing', { forms: byGet }, ['GET']],
    ['passing', { forms: byPost }, ['POST']],
    ['passing', { hosts: ['a', 'b'] }, ['GET', 'b GET', 'POST', 'b POST']],
    ['unreachable', {}, ['GET']],
    ['unreachable', { rounds: 3 }, ['GET', 'GET', 'GET']],
    ['unreachable', { forms: [FORMS[1]!, ...FORMS], rounds: 2 }, ['POST', 'POST']],
    ['stale', {}, ['GET', 'GET past caches', 'POST']],
    ['stale', { forms: byGet }, ['GET', 'GET past caches']],
    ['stale', { forms: byPost }, ['POST']],
    ['stale', { forms: [FORMS[1]!, ...FORMS] }, ['POST']],
    ['unauthorized', {}, ['GET', 'GET past caches', 'POST', 'POST with SHA-256', 'GET with SHA-256']],
    ['unauthorized', { proven: true }, ['GET', 'GET past caches', 'POST']],
    ['unauthorized', { forms: bySha1 }, ['GET', 'GET past caches', 'POST']],
    ['unauthorized', { forms: byGet }, ['GET', 'GET past caches', 'GET with SHA-256']],
    ['unauthorized', { forms: byPost }, ['POST', 'POST with SHA-256']],
    ['request-refused', {}, ['GET', 'POST', 'POST with SHA-256', 'GET with SHA-256']],
    [
      'request-refused',
      { forms: [FORMS[3]!, ...FORMS] },
      ['POST with SHA-256', 'GET with SHA-256', 'GET', 'POST'],
    ],
    ['turned-away', {}, ['GET', 'POST']],
    ['turned-away', { forms: byPost }, ['POST']],
    ['turned-away', { proven: true }, ['GET', 'POST']],
    ['hash-refused', {}, ['GET', 'GET with SHA-256', 'POST with SHA-256', 'POST']],
    ['hash-refused', { forms: bySha1 }, ['GET', 'POST']],
    ['no-other-way', { hosts: ['a', 'b', 'c'] }, ['GET', 'b GET', 'c GET']],
    ['stale', { hosts: ['a', 'b'], forms: byGet }, ['GET', 'GET past caches', 'b GET', 'b GET past caches']],
    ['passing', { rounds: 3 }, ['GET', 'POST', 'GET']],
    ['passing', { rounds: 3, forms: byGet }, ['GET', 'GET', 'GET']],
    ['passing', { rounds: 2, hosts: ['a', 'b'] }, ['GET', 'b GET', 'POST', 'b POST']],
    ['passing', { rounds: 10, patience: 7 * SECOND }, ['GET', 'POST', 'GET', 'POST']],
  ])('%s, %j: %j', (cause, circumstances, expected) => {
    expect(shown(play(() => cause, circumstances))).toEqual(expected);
  });
});

describe('one way leads to another', () => {
  const knowsSha256ByPost = ({ form }: Attempt): Answer | 'good' => {
    if (form.method === 'get') return 'turned-away';
    return form.hash === 'sha256' ? 'good' : 'unauthorized';
  };

  test('POST, then SHA-256', () => {
    expect(shown(play(knowsSha256ByPost))).toEqual(['GET', 'POST', 'POST with SHA-256']);
  });

  test('what was out of order is asked in the form that it was last asked in', () => {
    const attempts = play(
      ({ form }, count) => (form.method === 'get' ? 'turned-away' : count < 4 ? 'passing' : 'good'),
      {
        rounds: 3,
      },
    );
    expect(shown(attempts)).toEqual(['GET', 'POST', 'POST', 'POST']);
  });

  test('only what waiting may mend is asked again', () => {
    const attempts = play(({ responder }) => (responder.host === 'a' ? 'no-other-way' : 'passing'), {
      hosts: ['a', 'b'],
      rounds: 3,
    });
    expect(shown(attempts)).toEqual(['GET', 'b GET', 'b POST', 'b GET']);
  });

  test('where the other method is turned away, it loses its turns', () => {
    const attempts = play(({ form }) => (form.method === 'get' ? 'passing' : 'turned-away'), { rounds: 4 });
    expect(shown(attempts)).toEqual(['GET', 'POST', 'GET', 'GET']);
  });

  test('when the rounds are over, no other method is tried that they did not come to', () => {
    const attempts = play((_, count) => (count === 1 ? 'unreachable' : 'passing'), { rounds: 2 });
    expect(shown(attempts)).toEqual(['GET', 'GET']);
  });

  test('a round in which no request got through takes no turn', () => {
    const attempts = play((_, count) => (count === 2 ? 'unreachable' : 'passing'), { rounds: 4 });
    expect(shown(attempts)).toEqual(['GET', 'POST', 'POST', 'GET']);
  });
});

describe('pauses', () => {
  const pauses = (attempts: readonly Attempt[]) => attempts.map(({ pause }) => pause);
  const seconds = (backOff: number, atLeast = 0) => ({
    backOff: backOff * SECOND,
    atLeast: atLeast * SECOND,
  });

  test('are before each round but the first, and twice as long each time', () => {
    const attempts = play(() => 'passing', { rounds: 4, hosts: ['a', 'b'] });
    expect(pauses(attempts)).toEqual([0, 0, 1, 0, 2, 0, 4, 0].map((length) => seconds(length)));
  });

  test.each<[string, number, object[]]>([
    ['is waited for', 5, [seconds(0), seconds(1, 5), seconds(2, 5)]],
    ['shorter than the back-off adds nothing', 0, [seconds(0), seconds(1), seconds(2)]],
    ['is waited for as far as patience goes', 16, [seconds(0), seconds(1, 16)]],
    ['beyond all patience ends it', 31, [seconds(0)]],
    ['for ever ends it', Number.MAX_SAFE_INTEGER, [seconds(0)]],
  ])('what a responder asks for: %s', (_, retryAfter, expected) => {
    const answer = () => ({ retryAfter: retryAfter * SECOND });
    expect(pauses(play(answer, { rounds: 3 }))).toEqual(expected);
  });

  test('one responder that asks for hours does not end it for another', () => {
    const answer = ({ responder }: Attempt) =>
      responder.host === 'a' ? { retryAfter: 3600 * SECOND } : 'passing';
    expect(shown(play(answer, { rounds: 2, hosts: ['a', 'b'] }))).toEqual(['GET', 'b GET', 'b POST']);
  });

  test.each([
    [0, 500],
    [0.5, 750],
    [1, 1000],
  ])('chance %d makes of a second %d ms, but never less than what was asked for', (chance, length) => {
    expect(pauseLength(seconds(1), chance)).toBe(length);
    expect(pauseLength(seconds(1, 3), chance)).toBe(3000);
  });
});

test('a responder gets a bounded number of requests, whatever it answers', () => {
  const causes = constantFrom<Cause>(
    'passing',
    'unreachable',
    'stale',
    'unauthorized',
    'request-refused',
    'turned-away',
    'hash-refused',
    'no-other-way',
  );
  assert(
    property(
      array(causes, { minLength: 60, maxLength: 60 }),
      integer({ min: 1, max: 10 }),
      (answers, rounds) => {
        const attempts = play((_, count) => answers[count - 1] ?? 'no-other-way', {
          rounds,
          patience: Infinity,
        });
        // Each form once, once past caches, and a turn in each round after the first.
        expect(attempts.length).toBeLessThanOrEqual(FORMS.length + 1 + rounds - 1);
      },
    ),
  );
});
