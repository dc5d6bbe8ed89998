import { basename, dirname } from 'node:path';
import { errno, failure } from '../storage/errors.js';
import { replaceFile } from '../storage/temporary-files.js';
import type { System } from '../system/system.js';
import { OcspbotError } from '../util/errors.js';
import { attempt, kindAt } from './files.js';

export type WritingSystem = Pick<System, 'files' | 'processes' | 'now' | 'randomBytes'>;

/** Refuses a path before anything is written: one in no folder, and a device, folder or link, which nothing may replace. */
export function assertWritableTo(path: string, { files }: WritingSystem): void {
  const refuse = (message: string, hint: string) => {
    throw new OcspbotError('target-unsuitable', message, { hint: `${hint}; nothing was written` });
  };
  if (kindAt(dirname(path), files) !== 'folder')
    refuse(`${dirname(path)} is no folder that can be reached`, 'make that folder, or name another file');
  const kind = attempt(() => files.facts(path))?.kind;
  if (kind !== undefined && kind !== 'file')
    refuse(
      `${path} is no plain file, and is not replaced`,
      'name another file; for a link, the file it leads to',
    );
}

/** Writes a file that is not there yet, or replaces one in one step. Throws an OcspbotError with status 73. */
export async function writeNewFile(
  path: string,
  text: string,
  replaces: boolean,
  system: WritingSystem,
): Promise<void> {
  const { files, processes, randomBytes } = system;
  const tools = { files, processes, randomBytes, now: system.now() };
  try {
    if (replaces) await replaceFile(dirname(path), basename(path), text, tools);
    else await files.create({ path, bytes: Buffer.from(text), mode: 0o644 });
    await files.syncFolder(dirname(path));
  } catch (error) {
    if (errno(error) !== 'EEXIST') throw failure(`write ${path}`, error, 'nothing was written');
    throw new OcspbotError('target-unsuitable', `${path} is there already, and is not replaced`, {
      hint: 'name another file; or replace this one with --force',
    });
  }
}

/** Makes a folder for responses, which servers must be able to reach. Throws an OcspbotError with status 73. */
export async function makeStapleFolder(path: string, { files }: WritingSystem): Promise<void> {
  try {
    await files.makeFolder(path, 0o755, 'without umask');
  } catch (error) {
    throw failure(`make the folder ${path}`, error, 'nothing was written');
  }
}
