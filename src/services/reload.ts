import type { Argv, Service } from '../configuration/model.js';
import type { Commands } from '../system/interfaces.js';
import { lastLines } from '../text/last-lines.js';
import type { Duration } from '../time/duration.js';
import { hintFor, messageFor, type Failure, type Step } from './wording.js';

/** What became of the reload of one service. */
export type Reload =
  | { readonly kind: 'reloaded'; readonly service: string }
  | {
      readonly kind: 'failed';
      readonly service: string;
      /** With a test that failed, nothing was reloaded. */
      readonly step: Step;
      readonly reason: Failure['kind'];
      readonly command: Argv;
      readonly message: string;
      readonly hint: string;
      /** The last lines that the command wrote, safe to show. */
      readonly output: readonly string[];
    };

/** Those that have something to reload them with, in the order of the configuration. */
export function withCommands(names: Iterable<string>, services: readonly Service[]): Service[] {
  const wanted = new Set(names);
  return services.filter(({ name, reload }) => wanted.has(name) && reload.length > 0);
}

/** Runs the tests and then the reload commands of a service, up to the first one that fails. */
export async function reloadService(
  { name, test, reload }: Service,
  timeout: Duration,
  commands: Commands,
): Promise<Reload> {
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
  return { kind: 'reloaded', service: name };
}
