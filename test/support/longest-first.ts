import { BaseSequencer, type TestSequencerConstructor, type TestSpecification } from 'vitest/node';

/** Makes the order in which these files begin first, so that no worker ends long after the others. */
export function longestFirst(longest: readonly string[]): TestSequencerConstructor {
  const isLongest = ({ moduleId }: TestSpecification): boolean =>
    longest.some((file) => moduleId.endsWith(file));
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const sorted = await super.sort(files);
      return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
    }
  };
}
