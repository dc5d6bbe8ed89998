import type { Service } from '../configuration/model.js';
import type { Commands } from '../system/interfaces/processes.js';
import { lastLines } from '../text/last-lines.js';
import type { Duration } from '../time/duration.js';
import type { ReloadFailure } from './reload-outcome.js';
import { hintFor, messageFor } from './wording.js';

/** Runs the tests and then the reload commands of a service, up to the first one that fails: that is returned. */
export async function runCommands(
  { name, test, reload }: Service,
  timeout: Duration,
  commands: Commands,
): Promise<ReloadFailure | undefined> {
  const steps = [
    ...test.map((argv) => ({ step: 'test' as const, argv })),
    ...reload.map((argv) => ({ step: 'reload' as const, argv })),
  ];
  for (const { step, argv } of steps) {
    const result = await commands.run(argv, { timeout });
    if (result.kind === 'succeeded') continue;
    const message = messageFor(step, argv, result, timeout);
    const hint = hintFor(step, argv, result);
    const output = result.kind === 'not-started' ? [] : lastLines(result.output);
    return { kind: 'failed', service: name, step, reason: result.kind, command: argv, message, hint, output };
  }
  return undefined;
}
