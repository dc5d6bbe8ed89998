import { expect, test } from 'vitest';
import { atPresent } from '../../src/run/present.js';

test.each([
  ['later than it began', 7, 7],
  ['a clock that was set back meanwhile', 3, 5],
])('the present time of a run is %s', (_, clock, now) => {
  expect(atPresent({ now: 5, clock: () => clock }).now).toBe(now);
});
