import type { Comparison } from './comparison.js';

/** Summarizes the number of responses, both verdicts, and the codes by which ocspbot was stricter by default. */
export function summaryOf(comparisons: readonly Comparison[], seed: number): string {
  const counts = new Map<string, number>();
  for (const row of comparisons.flatMap(rowsOf)) counts.set(row, (counts.get(row) ?? 0) + 1);
  const rows = [...counts].sort().map(([row, count]) => `  ${row}: ${count}`);
  return [`${comparisons.length} responses compared, OCSPBOT_SEED=${seed}`, ...rows].join('\n');
}

function rowsOf({ theirs, byPolicy: { strict } }: Comparison): string[] {
  switch (strict.kind) {
    case 'agreed':
      return [`both ${theirs.verdict}`];
    case 'stricter':
      return ['we are stricter', ...strict.codes.map((code) => `we are stricter by ${code}`)];
    case 'wrong':
      return ['unexplained'];
  }
}
