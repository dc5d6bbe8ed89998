import { join } from 'node:path';
import type { ProcessIdentity } from '../system/system.js';
import { sha256, toHex } from '../util/bytes.js';
import type { Tools } from './tools.js';

/** The name of the file of pending reloads. */
export const PENDING_FILE = 'reload-debt.json';
const HANDED_BACK = /^handed-back-[0-9a-f]{16}\.json$/;
export const LOCK_FILE = 'lock';

const LOCK = new RegExp(`^${LOCK_FILE}-([1-9]\\d{0,14})$`);
const RESTORED = /^put-back-[0-9a-f]{64}$/;
const TEMPORARY = /^\..+\.ocspbot-([0-9a-f]{8})-([1-9]\d{0,9})-[0-9a-f]{16}\.tmp$/;

/** The bytes that the name of a file may have (NAME_MAX of Linux). */
export const LONGEST_NAME = 255;

export interface TemporaryName {
  /** The digest of the host and pid namespace in which `pid` is valid. */
  readonly place: string;
  readonly pid: number;
}

/**
 * Makes the name of a temporary file, `.NAME.ocspbot-PLACE-PID-RANDOM.tmp`. It tells which process made the file, and
 * nobody can predict it. NAME is only for readers: the end of a long one is left out.
 */
export function temporaryPath(folder: string, name: string, { processes, randomBytes }: Tools): string {
  const random = toHex(randomBytes(8));
  const end = `.ocspbot-${placeOf(processes.self)}-${processes.self.pid}-${random}.tmp`;
  return join(folder, `${beginningOf(`.${name}`, LONGEST_NAME - end.length)}${end}`);
}

/** Returns the beginning of a text that has at most so many bytes and no part of a character. */
function beginningOf(text: string, bytes: number): string {
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(bytes)).read);
}

/** Parses the name of a temporary file; undefined for every other name. */
export function parseTemporaryName(name: string): TemporaryName | undefined {
  const [, place, pid] = TEMPORARY.exec(name) ?? [];
  return place === undefined ? undefined : { place, pid: Number(pid) };
}

export function placeOf({ host }: ProcessIdentity): string {
  return sha256(host).slice(0, 8);
}

/** Makes the name of a list of services that a caller could not reload. The random bytes make it unique. */
export function handedBackName(random: Uint8Array): string {
  return `handed-back-${toHex(random)}.json`;
}

export function isHandedBackName(name: string): boolean {
  return HANDED_BACK.test(name);
}

export function isPendingName(name: string): boolean {
  return name === PENDING_FILE || isHandedBackName(name);
}

export function lockName(generation: number): string {
  return `${LOCK_FILE}-${generation}`;
}

/** Parses the name of a lock file; undefined for every other name. */
export function parseLockName(name: string): number | undefined {
  const generation = LOCK.exec(name)?.[1];
  return generation === undefined ? undefined : Number(generation);
}

/** Makes the name of the note that a response with this SHA-256 digest was restored. */
export function restoredName(digest: string): string {
  return `put-back-${digest}`;
}

export function isRestoredName(name: string): boolean {
  return RESTORED.test(name);
}
