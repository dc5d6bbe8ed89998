import { expect, test } from 'vitest';
import { STATES } from '../../src/snapshot/snapshot.js';
import { tableLines } from '../../src/snapshot/table.js';
import { columnsOf } from '../../src/util/columns.js';
import { certificate, HOSTILE, NOW } from './support/snapshots.js';

const ROWS = [
  ...STATES.map((state, index) => certificate(`${state}.example.org`, index / 2, state)),
  ...HOSTILE.map((name) => certificate(name)),
];

test('fits into each width from 20 to 300 columns, and always has the name and the state', () => {
  for (let width = 20; width <= 300; width++) {
    const lines = tableLines(ROWS, NOW, width).map((spans) => spans.map(({ text }) => text).join(''));
    expect(
      lines.filter((line) => columnsOf(line) > width),
      String(width),
    ).toEqual([]);
    const [head = '', ...rows] = lines;
    expect(head).toMatch(/^name +state/);
    expect(rows.length).toBeGreaterThanOrEqual(ROWS.length);
    // The marks of a lifetime are explained where there are any.
    expect(lines.at(-1)?.startsWith('lifetime: ')).toBe(head.includes('lifetime'));
    if (width >= 80) expect(head).toMatch(/state +left +lifetime +a run now/);
  }
});
