import { join } from 'node:path';
import { chance } from '../chance.js';
import { LIMITS } from '../defaults.js';
import { attempt } from '../installation/failure.js';
import { replaceFile } from '../installation/replace-file.js';
import type { Tools } from '../installation/tools.js';
import { decode, encode } from './codec.js';
import { Memory } from './memory.js';
import { NOTHING, type Remembered } from './remembered.js';

const MEMORY_FILE = 'responders.json';

/** Where what is remembered lies between runs: a file in the state folder, whose lock is held but in dry runs. */
export interface Recollection {
  /** Read when it is first asked for: a run with nothing to fetch has no need of it. */
  memory(): Memory;
  /** Writes down what has changed. Throws OcspbotErrors of writing. */
  save(): Promise<void>;
}

/** A dry run reads, and writes nothing. */
export function recollect(stateFolder: string, tools: Tools & { readonly dryRun: boolean }): Recollection {
  let known: Memory | undefined;
  return {
    memory: () => (known ??= new Memory(read(stateFolder, tools), tools.now, () => chance(tools))),
    save: async () => {
      if (tools.dryRun || known?.isChanged !== true) return;
      const text = encode(known.content, tools.now);
      await attempt(
        `write ${join(stateFolder, MEMORY_FILE)}`,
        'the next run asks responders as if there had been no earlier one',
        () => replaceFile(stateFolder, MEMORY_FILE, text, tools),
      );
    },
  };
}

/** What is damaged or not to be read is forgotten: at worst a responder is asked once more than need be. */
function read(stateFolder: string, { files }: Tools): Remembered {
  try {
    const { bytes } = files.snapshot(join(stateFolder, MEMORY_FILE), LIMITS.memoryFile);
    return decode(bytes) ?? NOTHING;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return NOTHING;
  }
}
