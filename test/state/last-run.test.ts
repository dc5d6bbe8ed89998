import { describe, expect, test } from 'vitest';
import { decodeRuns, NO_RUNS, type RunRecord, withRun } from '../../src/state/last-run.js';

const GOOD: RunRecord = { started: 1, ended: 2, status: 2, isGood: true };
const BAD: RunRecord = { started: 3, ended: 4, status: 34, isGood: false };

describe('the runs of a lock file', () => {
  test('are read as they were', () => {
    const runs = withRun(withRun(NO_RUNS, GOOD), BAD);
    expect(runs).toEqual({ last: BAD, lastGood: GOOD });
    expect(decodeRuns(JSON.parse(JSON.stringify(runs)))).toEqual(runs);
  });

  test.each([undefined, null, 'text', 7])('are none in %j', (value) => {
    expect(decodeRuns(value)).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['started', 'today'],
    ['started', undefined],
    ['ended', -1],
    ['status', 64],
    ['status', '2'],
    ['isGood', 1],
  ])('are unknown where %s is %j', (name, value) => {
    const damaged = { last: { ...BAD, [name]: value }, lastGood: GOOD };
    expect(decodeRuns(damaged)).toEqual({ last: undefined, lastGood: GOOD });
  });
});
