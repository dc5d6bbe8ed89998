import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The file that waits longest for time limits of the program. It begins first, so that no worker ends long after the others. */
const LONGEST = 'test/faults/faults.test.ts';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(LONGEST);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They have a command of their own, `npm run campaigns`.
    exclude: ['test/**/*.campaign.test.ts'],
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './test/support/skipped.ts'],
    pool: 'forks',
    // Many tests wait for time limits of the program: six workers keep two cores busy.
    maxWorkers: 6,
    // However busy the machine is, only what hangs takes longer.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
