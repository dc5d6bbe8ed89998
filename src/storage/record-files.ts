import { join } from 'node:path';
import { describe, OcspbotError } from '../util/errors.js';
import { isRecord, type JsonRecord, parseRecord } from '../util/json.js';
import { LIMITS } from '../util/limits.js';
import { readFailure } from '../util/read-failure.js';
import { doStep, errno } from './errors.js';
import { replaceFile } from './temporary-files.js';
import type { Tools } from './tools.js';

// Some files are kept for people and for better luck next time, and no run depends on them: a damaged one counts as empty,
// or as what can be read of it. Yet it may tell somebody what happened, so a run that writes a new one keeps it aside. A file
// that only this run cannot read, as without a free descriptor, may be whole: it stays, and the news of this run are lost.

/** A file of records: its name and its form. */
export interface RecordForm<T> {
  readonly name: string;
  /** The content if there is no file. */
  readonly nothing: T;
  /** Decodes what can be read. It is not whole if something had to be left out. */
  decode(content: JsonRecord): { readonly content: T; readonly isWhole: boolean };
}

/** The content of a file of records. */
export interface FoundRecords<T> {
  readonly content: T;
  /** The reason why not all of it could be read. */
  readonly flaw: Flaw | undefined;
}

/** `unreadable`: a later run, or another user, may be able to read the file. */
export type Flaw =
  | { readonly kind: 'damaged'; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly cause: Error };

/** Reads a file of records, and changes nothing. */
export function readRecords<T>(
  folder: string,
  { name, nothing, decode }: RecordForm<T>,
  { files }: Pick<Tools, 'files'>,
): FoundRecords<T> {
  try {
    const record = parseRecord(files.snapshot(join(folder, name), LIMITS.memoryFile).bytes);
    if (record === undefined) return { content: nothing, flaw: damaged('it is not JSON') };
    if (record['schema'] !== 1) return { content: nothing, flaw: damaged('another version has written it') };
    const { content, isWhole } = decode(record);
    return { content, flaw: isWhole ? undefined : damaged('some of it cannot be read') };
  } catch (error) {
    return { content: nothing, flaw: flawOf(error) };
  }
}

const NO_FILE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

/** The errors that say what is in the place of the file: something too large, a link, a pipe, a socket. */
const SOMETHING_ELSE: ReadonlySet<string> = new Set(['EFBIG', 'ELOOP', 'EINVAL', 'ENXIO']);

/** Returns why a file cannot be read; undefined if there is none. A folder in its place is told by the failure to write. */
function flawOf(error: unknown): Flaw | undefined {
  const code = errno(error);
  if (code === undefined) throw error;
  if (NO_FILE.has(code)) return undefined;
  if (!SOMETHING_ELSE.has(code)) return { kind: 'unreadable', cause: error as Error };
  // The rest of Node's message is the path once more.
  return damaged(describe(error).replace(/, [a-z]+ '.*$/, ''));
}

function damaged(reason: string): Flaw {
  return { kind: 'damaged', reason };
}

/** Reports whether these maps have all records of a file. Earlier versions wrote fewer parts. */
export function isWhole(
  record: JsonRecord,
  content: { readonly [part: string]: ReadonlyMap<string, unknown> },
): boolean {
  return Object.entries(content).every(([name, { size }]) => {
    const part = record[name];
    return part === undefined || (isRecord(part) && Object.keys(part).length === size);
  });
}

/** The replacement of a file of records. */
interface Replacement {
  readonly folder: string;
  readonly name: string;
  readonly text: string;
  /** The flaw of the file in place. */
  readonly flaw: Flaw | undefined;
  /** The state that follows if it fails. */
  readonly consequence: string;
}

/**
 * Replaces a file of records. A damaged one is put aside, in the place of the one before, but not if the new one cannot be
 * written: an error that passes may be all that is wrong. Returns what there is to say about it.
 *
 * @throws OcspbotError `file-unreadable` if the file in place could not be read: it stays as it is; or an error of writing
 */
export async function replaceRecords(replacement: Replacement, tools: Tools): Promise<readonly string[]> {
  const { folder, name, text, flaw, consequence } = replacement;
  const path = join(folder, name);
  if (flaw?.kind === 'unreadable') throw unreadable(path, flaw.cause, consequence);
  const aside = `${path}.damaged`;
  const beforeRename = async () => {
    if (flaw === undefined) return;
    await doStep(`put aside the damaged ${path}`, consequence, () => tools.files.rename(path, aside));
  };
  await doStep(`write ${path}`, consequence, () => replaceFile(path, text, tools, { beforeRename }));
  if (flaw === undefined) return [];
  return [`${path} was damaged (${flaw.reason}): it is now ${aside}, and a new file was begun`];
}

function unreadable(path: string, cause: Error, consequence: string): OcspbotError {
  const { problem, hint } = readFailure(cause);
  return new OcspbotError('file-unreadable', `${path} ${problem}, so it stays as it is`, {
    hint: `${hint}; ${consequence}`,
  });
}
