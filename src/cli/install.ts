import { installWork } from '../refresh/install-work.js';
import type { System } from '../system/system.js';
import type { InstallCommand } from './command.js';
import type { Sinks } from './console.js';
import { readResponses } from './responses.js';
import { perform } from './refresh.js';

/** Verifies and installs responses that somebody else has fetched, without a network. */
export function installCommand(command: InstallCommand, system: System, sinks: Sinks): Promise<number> {
  return perform(command, system, sinks, async (configuration, now, stop) => {
    const { operands, given, unreadable } = await readResponses(command.responses, system);
    const work = installWork(configuration, operands, given, now, system);
    return { ...work, stop, complaints: [...work.complaints, ...unreadable] };
  });
}
