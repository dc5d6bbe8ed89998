import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { figuresOf, SCENARIOS } from './scenarios.js';

const DOCUMENT = readFileSync(new URL('../../docs/scale.md', import.meta.url), 'utf8');

/** The rows of the table of scenarios: name, and requests per day, in the busiest minute of the first day, and later. */
const ROWS = [...DOCUMENT.matchAll(/^\| ([^|]+?) +\| +([\d,]+) +\| +([\d,]+) +\| +([\d,]+) +\|$/gm)].map(
  ([, name, ...cells]) => ({ name: name!, figures: cells.map((cell) => Number(cell.replaceAll(',', ''))) }),
);

test('docs/scale.md has all scenarios', () => {
  expect(ROWS.map(({ name }) => name)).toEqual(Object.keys(SCENARIOS));
});

test.each(ROWS)('docs/scale.md is right about: $name', ({ name, figures }) => {
  const { withoutStaple, perDay, firstDay, later } = figuresOf(name);
  expect(withoutStaple).toBe(0);
  expect(figures).toEqual([perDay, firstDay, later]);
});
