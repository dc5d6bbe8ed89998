import { join } from 'node:path';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { errno } from '../storage/errors.js';
import { LOCK_FILE, lockName, parseLockName, temporaryPath } from '../storage/names.js';
import type { Tools } from '../storage/tools.js';
import type { ProcessIdentity } from '../system/system.js';
import type { Instant } from '../util/time.js';

/** Who held the lock of one generation, and whether he has let it go. */
export interface Claim {
  readonly state: 'held' | 'released';
  readonly holder: ProcessIdentity;
  readonly since: Instant;
  /** Tells two claims of one process apart. */
  readonly token: string;
}

export function encodeClaim(claim: Claim): string {
  return `${JSON.stringify({ schema: 1, ...claim })}\n`;
}

/**
 * undefined for what is damaged. link(2) shows only files that are complete, so a damaged one belongs to no
 * living holder: a power cut, a disk or a stranger's hand did that.
 */
function decodeClaim(bytes: Uint8Array): Claim | undefined {
  const { state, holder, since, token } = fieldsOf(Buffer.from(bytes).toString('utf8'));
  if (state !== 'held' && state !== 'released') return undefined;
  if (typeof since !== 'number' || typeof token !== 'string') return undefined;
  const { pid, started, host } = isRecord(holder) ? holder : {};
  if (typeof pid !== 'number' || typeof started !== 'string' || typeof host !== 'string') return undefined;
  return { state, holder: { pid, started, host }, since, token };
}

interface Fields {
  readonly [name: string]: unknown;
  readonly state?: unknown;
  readonly holder?: unknown;
  readonly since?: unknown;
  readonly token?: unknown;
  readonly pid?: unknown;
  readonly started?: unknown;
  readonly host?: unknown;
}

function fieldsOf(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

// The steps of the lock, whose order is explained in lock.ts.

/** Who wants the lock, and where. */
export interface Scene {
  readonly folder: string;
  readonly tools: Tools;
  readonly claim: Claim;
}

/**
 * Whether ours is now the highest. One that lost stays where it is: the maker of a higher one removes it.
 * @throws OcspbotError `locked` where there is no such generation
 */
export async function addGeneration(generation: number, { folder, tools, claim }: Scene): Promise<boolean> {
  if (!(await publish(generation, folder, claim, tools))) return false;
  const present = generations(folder, tools);
  if (highestOf(present) !== generation) return false;
  if (!isSame(readClaim(generation, folder, tools), claim)) return false;
  await removeLower(present, generation, folder, tools);
  return true;
}

/** Whether nobody was faster. */
async function publish(generation: number, folder: string, claim: Claim, tools: Tools): Promise<boolean> {
  const name = lockName(generation);
  if (parseLockName(name) === undefined) throw exhausted(folder);
  const temporary = temporaryPath(folder, LOCK_FILE, tools);
  const bytes = Buffer.from(encodeClaim(claim));
  // Nobody who holds a lock outlives a power cut.
  await tools.files.create({ path: temporary, bytes, mode: 0o644, fleeting: true });
  try {
    await tools.files.link(temporary, join(folder, name));
    return true;
  } catch (error) {
    if (errno(error) === 'EEXIST') return false;
    // The temporary file is gone: another run, with another clock, took it for a left-over.
    if (errno(error) === 'ENOENT') return false;
    throw error;
  } finally {
    // What cannot be removed now is left over from a dead run for the next one.
    await tools.files.remove(temporary).catch(() => undefined);
  }
}

/** The lowest first, and none after one that stays: the argument above needs it. */
async function removeLower(
  present: readonly number[],
  own: number,
  folder: string,
  { files }: Tools,
): Promise<void> {
  for (const generation of present.filter((number) => number < own)) {
    try {
      await files.remove(join(folder, lockName(generation)));
    } catch (error) {
      if (errno(error) !== 'ENOENT') return;
    }
  }
}

/** Ascending. */
export function generations(folder: string, { files }: Tools): number[] {
  const found = files.list(folder).flatMap((name) => parseLockName(name) ?? []);
  return found.sort((a, b) => a - b);
}

export function highestOf(ascending: readonly number[]): number {
  return ascending.at(-1) ?? 0;
}

function isSame(one: Claim | undefined, other: Claim): boolean {
  return one?.token === other.token && one.state === other.state;
}

/** undefined when it is damaged, or no longer there: then there is a higher one. */
export function readClaim(generation: number, folder: string, { files }: Tools): Claim | undefined {
  try {
    return decodeClaim(files.snapshot(join(folder, lockName(generation)), LIMITS.stateFile).bytes);
  } catch (error) {
    if (['ENOENT', 'EFBIG', 'EISDIR', 'EINVAL', 'ELOOP'].includes(errno(error) ?? '')) return undefined;
    throw error;
  }
}

function exhausted(folder: string): OcspbotError {
  return new OcspbotError('locked', `the lock files in ${folder} have no number left`, {
    hint: 'remove the files lock-* there while no ocspbot runs',
  });
}
