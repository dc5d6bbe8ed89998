import { resolve } from 'node:path';
import type { System } from '../system/system.js';
import { DEFAULTS } from '../util/limits.js';
import type { Command, ParsedCommand } from './command.js';

/** Returns the default configuration: the one in the working directory, else the one of the machine. */
export function defaultConfiguration({
  files,
  workingFolder,
}: Pick<System, 'files' | 'workingFolder'>): string {
  const [first, ...others] = DEFAULTS.configurationFiles;
  const isThere = (file: string): boolean => {
    try {
      return files.facts(resolve(workingFolder, file)) !== undefined;
    } catch {
      // A file that cannot be examined counts as present. Reading it reports the reason.
      return true;
    }
  };
  return [first, ...others].find(isThere) ?? first;
}

/** Adds the default configuration to a command that names none. `live` works without one. */
export function withDefaultConfiguration(
  command: ParsedCommand,
  system: Pick<System, 'files' | 'workingFolder'>,
): Command {
  if (!('file' in command) || command.kind === 'live') return command;
  return { ...command, file: command.file ?? defaultConfiguration(system) } as Command;
}
