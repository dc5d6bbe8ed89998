import { join } from 'node:path';
import { sha256 } from '../util/bytes.js';
import type { ProcessIdentity } from '../system/system.js';
import type { Tools } from './tools.js';

/** Pending reloads. */
export const DEBT_FILE = 'reload-debt.json';
const SET_APART = /^reload-debt-[0-9a-f]{16}\.json$/;
const HANDED_BACK = /^handed-back-[0-9a-f]{16}\.json$/;
export const LOCK_FILE = 'lock';

const LOCK = new RegExp(`^${LOCK_FILE}-([1-9]\\d{0,14})$`);
const PUT_BACK = /^put-back-[0-9a-f]{64}$/;
const TEMPORARY = /^\..+\.ocspbot-([0-9a-f]{8})-([1-9]\d{0,9})-[0-9a-f]{16}\.tmp$/;

export interface TemporaryName {
  /** Stands for the host and pid namespace in which `pid` means something. */
  readonly place: string;
  readonly pid: number;
}

/** `.NAME.ocspbot-PLACE-PID-RANDOM.tmp`: whether its maker is alive can be told from it, its name cannot be foreseen. */
export function temporaryPath(folder: string, name: string, { processes, randomBytes }: Tools): string {
  const random = Buffer.from(randomBytes(8)).toString('hex');
  return join(folder, `.${name}.ocspbot-${placeOf(processes.self)}-${processes.self.pid}-${random}.tmp`);
}

/** undefined for every name that we would not have given. */
export function parseTemporaryName(name: string): TemporaryName | undefined {
  const [, place, pid] = TEMPORARY.exec(name) ?? [];
  return place === undefined ? undefined : { place, pid: Number(pid) };
}

export function placeOf({ host }: ProcessIdentity): string {
  return sha256(host).slice(0, 8);
}

/** Of a debt that is about to be struck out. No other run has the same. */
export function debtSetApart(random: Uint8Array): string {
  return `reload-debt-${Buffer.from(random).toString('hex')}.json`;
}

/** Names a list of services that a caller could not reload. No other has the same. */
export function handedBackName(random: Uint8Array): string {
  return `handed-back-${Buffer.from(random).toString('hex')}.json`;
}

export function isHandedBackName(name: string): boolean {
  return HANDED_BACK.test(name);
}

export function isSetApartName(name: string): boolean {
  return SET_APART.test(name);
}

export function isDebtName(name: string): boolean {
  return name === DEBT_FILE || isSetApartName(name) || isHandedBackName(name);
}

export function lockName(generation: number): string {
  return `${LOCK_FILE}-${generation}`;
}

/** Of a lock file; undefined for every other name. */
export function parseLockName(name: string): number | undefined {
  const generation = LOCK.exec(name)?.[1];
  return generation === undefined ? undefined : Number(generation);
}

/** Stands for a response with this SHA-256 digest. */
export function putBackName(digest: string): string {
  return `put-back-${digest}`;
}

export function isPutBackName(name: string): boolean {
  return PUT_BACK.test(name);
}
