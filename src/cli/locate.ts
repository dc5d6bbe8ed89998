import { resolve } from 'node:path';
import { DEFAULTS } from '../defaults.js';
import type { System } from '../system/system.js';
import type { Command, UnlocatedCommand } from './command.js';

/** The configuration when none is named: the one in the working directory, else that of the machine. */
export function usualConfiguration({
  files,
  workingFolder,
}: Pick<System, 'files' | 'workingFolder'>): string {
  const [first, ...others] = DEFAULTS.configurationFiles;
  const isThere = (file: string): boolean => {
    try {
      return files.facts(resolve(workingFolder, file)) !== undefined;
    } catch {
      // One that may not be looked at is there, and reading it says so.
      return true;
    }
  };
  return [first, ...others].find(isThere) ?? first;
}

/** Says which configuration a command is about. `live` can do without. */
export function locate(command: UnlocatedCommand, system: Pick<System, 'files' | 'workingFolder'>): Command {
  if (!('file' in command) || command.kind === 'live') return command;
  return { ...command, file: command.file ?? usualConfiguration(system) } as Command;
}
