import { join } from 'node:path';
import { describe } from '../../util/errors.js';
import { LIMITS } from '../../util/limits.js';
import type { SuppliedResponse } from '../../run/sources/match-supplied.js';
import { installWork } from '../../run/sources/supplied.js';
import type { Files, System } from '../../system/system.js';
import type { InstallCommand } from '../command.js';
import type { Sinks } from '../console.js';
import { usage } from '../errors.js';
import { perform } from './refresh.js';

/** Verifies and installs responses that somebody else has fetched, without a network. */
export function installCommand(command: InstallCommand, system: System, sinks: Sinks): Promise<number> {
  return perform(command, system, sinks, async (configuration, now, stop) => {
    const { operands, given, unreadable } = await readResponses(command.responses, system);
    const work = installWork(configuration, operands, given, now, system);
    return { ...work, stop, complaints: [...work.complaints, ...unreadable] };
  });
}

export interface Responses {
  /** As they are called in messages. */
  readonly operands: readonly string[];
  readonly given: readonly SuppliedResponse[];
  /** What is wrong with files of folders that cannot be read. */
  readonly unreadable: readonly string[];
}

type Input = Pick<System, 'files' | 'readInput'>;

const STANDARD_INPUT = 'standard input';

/** Reads what the command line names: files, folders with all below them, and `-`. Throws `usage`. */
async function readResponses(operands: readonly string[], system: Input): Promise<Responses> {
  const all = await Promise.all(operands.map((operand) => readOperand(operand, system)));
  return {
    operands: operands.map((operand) => (operand === '-' ? STANDARD_INPUT : operand)),
    given: all.flatMap(({ given }) => given),
    unreadable: all.flatMap(({ unreadable }) => unreadable),
  };
}

type Found = Omit<Responses, 'operands'>;

async function readOperand(operand: string, { files, readInput }: Input): Promise<Found> {
  try {
    if (operand === '-') {
      const bytes = await readInput(LIMITS.stapleFile);
      return { given: [{ name: STANDARD_INPUT, operand: STANDARD_INPUT, bytes }], unreadable: [] };
    }
    if (isFolder(operand, files)) return readFolder(operand, operand, files);
    const bytes = files.read(operand, LIMITS.stapleFile);
    return { given: [{ name: operand, operand, bytes }], unreadable: [] };
  } catch (error) {
    throw usage(`the response cannot be read: ${describe(error)}`);
  }
}

function isFolder(path: string, files: Files): boolean {
  return files.facts(files.resolve(path))?.kind === 'folder';
}

/** Files and links to files; what begins with a dot is a state folder or a temporary file. */
function readFolder(folder: string, operand: string, files: Files): Found {
  const found = files
    .entries(folder)
    .filter(({ name }) => !name.startsWith('.'))
    .map(({ name, kind }) => {
      const path = join(folder, name);
      return kind === 'folder' ? readFolder(path, operand, files) : readInFolder(path, operand, files);
    });
  return {
    given: found.flatMap(({ given }) => given),
    unreadable: found.flatMap(({ unreadable }) => unreadable),
  };
}

function readInFolder(name: string, operand: string, files: Files): Found {
  try {
    return { given: [{ name, operand, bytes: files.read(name, LIMITS.stapleFile) }], unreadable: [] };
  } catch (error) {
    return { given: [], unreadable: [`${name} cannot be read: ${describe(error)}`] };
  }
}
