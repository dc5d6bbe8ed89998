import { dirname } from 'node:path';
import { errno, failure } from '../storage/errors.js';
import { replaceFile } from '../storage/temporary-files.js';
import type { Files, System } from '../system/system.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { shownCommand } from '../util/text.js';
import { recognize } from '../x509/file-kind.js';
import { orUndefined, kindAt } from './files.js';

export type WritingSystem = Pick<System, 'files' | 'processes' | 'now' | 'randomBytes'>;

/**
 * Refuses a path before anything is written or asked: one in no folder, a device, folder or link, which nothing may
 * replace, a file that the caller does not want to replace, and one that is not a configuration.
 */
export function assertWritableTo(path: string, replaces: boolean, { files }: Pick<System, 'files'>): void {
  if (kindAt(dirname(path), files) !== 'folder')
    refuse(`${dirname(path)} is not a folder that can be reached`, 'make that folder, or name another file');
  const kind = orUndefined(() => files.facts(path))?.kind;
  if (kind !== undefined && kind !== 'file')
    refuse(
      `${path} is not a regular file, and is not replaced`,
      'name another file; for a link, the file it leads to',
    );
  if (kind === 'file' && !replaces) refuse(...isThere(path));
  const content = kind === 'file' ? otherContent(path, files) : undefined;
  if (content !== undefined)
    refuse(`${path} is not replaced: it holds ${content}, no configuration`, 'name another file');
  try {
    files.checkWritable(dirname(path));
  } catch (error) {
    throw failure(`write ${path}`, error, 'nothing was written');
  }
}

/** Returns the name of a content that is not a configuration. `--force` is for an older configuration, not for a key. */
function otherContent(path: string, files: Pick<Files, 'read'>): string | undefined {
  const bytes = orUndefined(() => files.read(path, LIMITS.configurationFile));
  if (bytes === undefined) return 'what this user cannot read';
  const { kind, name } = recognize(bytes);
  return kind === 'text' || kind === 'empty' ? undefined : name;
}

/** Refuses a folder for responses that cannot be used. `isMade`: it will be made if it is missing. */
export function assertStapleFolder(path: string, isMade: boolean, { files }: Pick<System, 'files'>): void {
  switch (kindAt(path, files)) {
    case 'folder':
      return;
    case 'file':
      return refuse(`${path} is a file, and no folder for responses`, 'name a folder with --ocsp-folder');
    case 'absent':
      if (isMade) return;
      return refuse(
        `the folder ${path} does not exist`,
        `make it: ${shownCommand(['mkdir', '-p', path])}; or let --write FILE make it`,
      );
    case 'unreadable':
      return refuse(
        `${path} is not a folder that this user can reach`,
        'name another folder with --ocsp-folder',
      );
  }
}

function refuse(message: string, hint: string): never {
  throw new OcspbotError('target-unsuitable', message, { hint: `${hint}; nothing was written` });
}

function isThere(path: string): [message: string, hint: string] {
  return [
    `${path} is there already, and is not replaced`,
    'name another file; or replace this one with --force',
  ];
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
    if (replaces) {
      // An administrator may have closed the old file to others, or given it to a group.
      const existing = orUndefined(() => files.facts(path));
      await replaceFile(path, text, tools, { existing });
    } else await files.create({ path, bytes: Buffer.from(text), mode: 0o644 });
    await files.syncFolder(dirname(path));
  } catch (error) {
    if (errno(error) !== 'EEXIST') throw failure(`write ${path}`, error, 'nothing was written');
    refuse(...isThere(path));
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
