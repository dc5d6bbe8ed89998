import { join } from 'node:path';
import { LIMITS } from '../../util/limits.js';
import { readFailure } from '../../util/read-failure.js';
import { quote } from '../../util/text.js';
import { atPresent } from '../../run/present.js';
import type { SuppliedResponse } from '../../run/types.js';
import { installWork } from '../../run/sources/supplied.js';
import { fromPemChain } from '../../ocsp/pem-chain.js';
import type { Files, FolderEntry, System } from '../../system/system.js';
import type { InstallCommand } from '../command.js';
import type { Sinks } from '../sinks.js';
import { usage } from '../values.js';
import { perform } from './refresh.js';

/** Verifies and installs responses that were fetched by other means, without a network. */
export function installCommand(command: InstallCommand, system: System, sinks: Sinks): Promise<number> {
  return perform(command, system, sinks, async (configuration, before, stop) => {
    const read = await readResponses(command.responses, system, stop.signal);
    const isCutOff = stop.signal.aborted;
    const { operands, supplied, unreadable } = isCutOff ? CUT_OFF : read;
    // Standard input may come slowly.
    const moment = atPresent(before);
    const work = installWork({ operands, supplied }, configuration, moment.now, system);
    const attention = isCutOff ? 'nothing was read' : work.attention;
    return { ...work, moment, attention, complaints: [...work.complaints, ...unreadable] };
  });
}

export interface Responses {
  /** The names of the operands in messages. */
  readonly operands: readonly string[];
  readonly supplied: readonly SuppliedResponse[];
  /** Messages about files in folders that cannot be read. */
  readonly unreadable: readonly string[];
}

type Input = Pick<System, 'files' | 'readInput'>;

const STANDARD_INPUT = 'standard input';

/** The responses of a run that was stopped while it waited for its input: it installs none, and its report says why. */
const CUT_OFF: Responses = {
  operands: [],
  supplied: [],
  unreadable: [`${STANDARD_INPUT} was not read to its end`],
};

/** Reads the responses of the command line: files, folders with all their subfolders, and `-`. @throws OcspbotError `usage` */
async function readResponses(
  operands: readonly string[],
  system: Input,
  stop: AbortSignal,
): Promise<Responses> {
  const all = await Promise.all(operands.map((operand) => readOperand(operand, system, stop)));
  return {
    operands: operands.map((operand) => (operand === '-' ? STANDARD_INPUT : operand)),
    supplied: all.flatMap(({ supplied }) => supplied),
    unreadable: all.flatMap(({ unreadable }) => unreadable),
  };
}

type OperandResponses = Omit<Responses, 'operands'>;

async function readOperand(
  operand: string,
  { files, readInput }: Input,
  stop: AbortSignal,
): Promise<OperandResponses> {
  try {
    if (operand === '-') {
      const bytes = await readInput(LIMITS.stapleFile, stop);
      return { supplied: responsesIn(bytes, STANDARD_INPUT, STANDARD_INPUT), unreadable: [] };
    }
    if (isFolder(operand, files)) return readFolder(operand, operand, files);
    const bytes = files.read(operand, LIMITS.stapleFile);
    return { supplied: responsesIn(bytes, operand, operand), unreadable: [] };
  } catch (error) {
    const { problem, hint } = readFailure(error);
    throw usage(`${operand === '-' ? STANDARD_INPUT : `the response ${quote(operand)}`} ${problem}`, hint);
  }
}

/** Returns the responses of a file: one in DER, or those of a file in `format: pem-chain`. */
function responsesIn(bytes: Uint8Array, name: string, operand: string): SuppliedResponse[] {
  const found = fromPemChain(bytes);
  return (found.length > 0 ? found : [bytes]).map((one) => ({ name, operand, bytes: one }));
}

/** Follows links. A path that cannot be followed is not a folder: reading it tells the reason. */
function isFolder(path: string, files: Files): boolean {
  try {
    return files.facts(files.resolve(path))?.kind === 'folder';
  } catch {
    return false;
  }
}

/** Reads files and links to files. State folders and temporary files are skipped, and what ext4 has in its top folder. */
function readFolder(folder: string, operand: string, files: Files): OperandResponses {
  const found = files
    .entries(folder)
    .filter(({ name }) => !name.startsWith('.') && name !== 'lost+found')
    .map(({ name, kind }) => readInFolder({ name: join(folder, name), kind }, operand, files));
  return {
    supplied: found.flatMap(({ supplied }) => supplied),
    unreadable: found.flatMap(({ unreadable }) => unreadable),
  };
}

function readInFolder({ name, kind }: FolderEntry, operand: string, files: Files): OperandResponses {
  try {
    if (kind === 'folder') return readFolder(name, operand, files);
    return { supplied: responsesIn(files.read(name, LIMITS.stapleFile), name, operand), unreadable: [] };
  } catch (error) {
    return { supplied: [], unreadable: [`${name} ${readFailure(error).problem}`] };
  }
}
