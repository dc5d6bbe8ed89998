import { isAbsolute, join } from 'node:path';
import type { System } from '../system/system.js';
import { orUndefined } from './files.js';

type Surroundings = Pick<System, 'files' | 'environment'>;

/** The folders of servers, which the PATH of an ordinary user lacks. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Finds a program in PATH or in the folders of the system's programs. A relative folder in PATH is not trusted. */
export function findProgram(name: string, { files, environment }: Surroundings): string | undefined {
  const path = (environment['PATH'] ?? '').split(':').filter(isAbsolute);
  return [...path, ...SYSTEM_FOLDERS]
    .map((folder) => join(folder, name))
    .find((file) => {
      const facts = orUndefined(() => files.facts(files.resolve(file)));
      return facts?.kind === 'file' && (facts.mode & 0o111) !== 0;
    });
}

/** Returns the word with which a service calls a program: its name where PATH has it, else its path. */
export function programWord(name: string, system: Surroundings): string {
  const found = findProgram(name, system);
  const isInPath = (system.environment['PATH'] ?? '')
    .split(':')
    .some((folder) => join(folder, name) === found);
  return found === undefined || isInPath ? name : found;
}
