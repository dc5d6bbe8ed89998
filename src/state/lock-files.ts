import { join } from 'node:path';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { errno, lacksHardLinks } from '../storage/errors.js';
import { LOCK_FILE, lockName, parseLockName, temporaryPath } from '../storage/names.js';
import type { Tools } from '../storage/tools.js';
import type { ProcessIdentity } from '../system/system.js';
import { isRecord, parseRecord } from '../util/json.js';
import { type Instant, isInstant } from '../util/time.js';
import { decodeRuns, type LastRuns } from './last-run.js';

/** The content of a lock file: the holder of one generation, and whether it has released the lock. */
export interface Claim {
  readonly state: 'held' | 'released';
  readonly holder: ProcessIdentity;
  readonly since: Instant;
  /** A random text that distinguishes two claims of one process. */
  readonly token: string;
  /** The reloads of which the caller of the last run was told. Each claim takes it over from the one before. */
  readonly acknowledged?: Acknowledged | undefined;
  /** The last complete runs. Each claim takes them over from the one before. */
  readonly runs?: LastRuns | undefined;
}

/** Reloads of which a caller was told. They are no longer pending, although the file of pending reloads names them. */
export interface Acknowledged {
  /** The ID of the file that is meant. A file that is written later has another one. */
  readonly id: string;
  readonly services: readonly string[];
}

export function encodeClaim(claim: Claim): string {
  return `${JSON.stringify({ schema: 1, ...claim })}\n`;
}

/**
 * Decodes a claim; undefined if it is damaged. link(2) shows only complete files, so a damaged claim belongs to no living
 * holder. A power cut, the disk or a stranger has damaged it.
 */
function decodeClaim(bytes: Uint8Array): Claim | undefined {
  const { state, holder, since, token, acknowledged, runs } = parseRecord(bytes) ?? {};
  if (state !== 'held' && state !== 'released') return undefined;
  if (typeof since !== 'number' || typeof token !== 'string') return undefined;
  const { pid, started, host } = isRecord(holder) ? holder : {};
  if (typeof pid !== 'number' || typeof started !== 'string' || typeof host !== 'string') return undefined;
  // A time that no clock has counts as long ago: whether the holder lives is asked of the system first.
  const shown = isInstant(since) ? since : 0;
  const known = { state, holder: { pid, started, host }, since: shown, token } as const;
  return { ...known, acknowledged: decodeAcknowledged(acknowledged), runs: decodeRuns(runs) };
}

/** Decodes an acknowledgement. A damaged one acknowledges nothing: at worst a service is reloaded once more. */
function decodeAcknowledged(value: unknown): Acknowledged | undefined {
  const { id, services } = isRecord(value) ? value : {};
  if (typeof id !== 'string' || !Array.isArray(services)) return undefined;
  return services.every((name) => typeof name === 'string') ? { id, services } : undefined;
}

// The functions below are the steps of the lock. lock.ts explains their order.

/** A contender for the lock of a folder. */
export interface Contender {
  readonly folder: string;
  readonly tools: Tools;
  readonly claim: Claim;
}

/**
 * Adds a generation, and reports whether it is the highest now. A file that lost stays where it is: the maker of a higher
 * one removes it.
 *
 * @throws OcspbotError `locked` if the generation has too many digits
 */
export async function addGeneration(
  generation: number,
  { folder, tools, claim }: Contender,
): Promise<boolean> {
  if (!(await publish(generation, folder, claim, tools))) return false;
  const present = generations(folder, tools);
  if (highestOf(present) !== generation) return false;
  if (!isSame(readClaim(generation, folder, tools), claim)) return false;
  await removeLower(present, generation, folder, tools);
  return true;
}

/**
 * Replaces our own claim. One rename(2) does it, as the last act of a run: a run that is killed earlier has acknowledged
 * nothing. If another run has taken the lock, because it presumed this one dead, nothing is replaced.
 */
export async function replaceClaim(
  generation: number,
  claim: Claim,
  { folder, tools, claim: own }: Contender,
): Promise<void> {
  const temporary = temporaryPath(folder, LOCK_FILE, tools);
  const bytes = Buffer.from(encodeClaim(claim));
  await tools.files.create({ path: temporary, bytes, mode: 0o644, fleeting: true });
  const isHighest = highestOf(generations(folder, tools)) === generation;
  if (isHighest && isSame(readClaim(generation, folder, tools), own))
    await tools.files.rename(temporary, join(folder, lockName(generation)));
  else await tools.files.remove(temporary);
}

/** Reads the last claim of a folder; undefined if there is none, or if it is damaged. */
export function readLastClaim(folder: string, tools: Pick<Tools, 'files'>): Claim | undefined {
  const last = highestOf(generations(folder, tools));
  return last === 0 ? undefined : readClaim(last, folder, tools);
}

/** Links the file of a generation, and reports whether no other run was faster. */
async function publish(generation: number, folder: string, claim: Claim, tools: Tools): Promise<boolean> {
  const name = lockName(generation);
  if (parseLockName(name) === undefined) throw exhausted(folder);
  const temporary = temporaryPath(folder, LOCK_FILE, tools);
  const bytes = Buffer.from(encodeClaim(claim));
  // The file is not synced: no holder of a lock outlives a power cut.
  await tools.files.create({ path: temporary, bytes, mode: 0o644, fleeting: true });
  try {
    await tools.files.link(temporary, join(folder, name));
    return true;
  } catch (error) {
    if (errno(error) === 'EEXIST') return false;
    // Another run, whose clock differs, took the temporary file for a stale one and removed it.
    if (errno(error) === 'ENOENT') return false;
    throw lacksHardLinks(error) ? unlockable(folder, error) : error;
  } finally {
    // A file that cannot be removed now is a stale one for the next run.
    await tools.files.remove(temporary).catch(() => undefined);
  }
}

/** Removes lower generations, the lowest first, and stops at one that stays. The proof in lock.ts needs this order. */
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

/** Lists the generations in a folder, ascending. */
export function generations(folder: string, { files }: Pick<Tools, 'files'>): number[] {
  const found = files.list(folder).flatMap((name) => parseLockName(name) ?? []);
  return found.sort((a, b) => a - b);
}

export function highestOf(ascending: readonly number[]): number {
  return ascending.at(-1) ?? 0;
}

function isSame(one: Claim | undefined, other: Claim): boolean {
  return one?.token === other.token && one.state === other.state;
}

/** Reads a claim; undefined if it is damaged, or if a higher generation has replaced it. */
export function readClaim(
  generation: number,
  folder: string,
  { files }: Pick<Tools, 'files'>,
): Claim | undefined {
  try {
    return decodeClaim(files.snapshot(join(folder, lockName(generation)), LIMITS.stateFile).bytes);
  } catch (error) {
    if (['ENOENT', 'EFBIG', 'EISDIR', 'EINVAL', 'ELOOP'].includes(errno(error) ?? '')) return undefined;
    throw error;
  }
}

function unlockable(folder: string, cause: unknown): OcspbotError {
  const message = `cannot lock the state folder ${folder}: its file system has no hard links`;
  return new OcspbotError('target-unsuitable', message, {
    hint: 'name a state_folder on another file system, such as a local disk; nothing was changed',
    cause,
  });
}

function exhausted(folder: string): OcspbotError {
  return new OcspbotError('locked', `the lock files in ${folder} have no number left`, {
    hint: 'remove the files lock-* there while no ocspbot runs',
  });
}
