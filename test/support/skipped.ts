import type { Reporter, TestModule } from 'vitest/node';

/** Says at the end of a run of the tests how many were skipped, and why. */
export class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const reasons = modules.flatMap(({ children }) => [...children.allTests('skipped')].map(reasonOf));
    if (reasons.length === 0) return;
    const lines = [...countOf(reasons)]
      .toSorted(([, a], [, b]) => b - a)
      .map(([reason, count]) => `${String(count).padStart(5)}  ${reason}`);
    process.stdout.write(['', 'Skipped, and why:', ...lines, '', ''].join('\n'));
  }
}

function reasonOf(test: {
  result(): { readonly state: string; readonly note?: string | undefined };
}): string {
  return test.result().note ?? 'not said';
}

function countOf(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

// oxlint-disable-next-line import/no-default-export -- vitest wants it of a reporter
export default SkippedReporter;
