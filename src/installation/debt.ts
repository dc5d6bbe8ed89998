import { join } from 'node:path';
import { LIMITS } from '../defaults.js';
import { describe } from '../errors.js';
import { unsafeCharacter } from '../text/visible.js';
import { attempt, errno, failure } from './failure.js';
import { DEBT_FILE, debtSetApart, isDebtName } from './names.js';
import type { Tools } from './tools.js';
import { replaceFile } from './replace-file.js';

/** Services that must be reloaded, or may have been left without a reload by a run that died. */
export interface Owed {
  readonly services: readonly string[];
  /** Why every service is in it. */
  readonly warning: string | undefined;
}

/**
 * For use while the lock is held. Calls may overlap.
 *
 * What is owed lies in `reload-debt.json`. What the caller has been told is first moved to a file of its own, and that
 * is removed when the lock is released and nothing is left to do but to exit: a run that is killed before has told
 * nobody. A file of its own, because the next run may hold the lock by then and have written down what it owes.
 */
export interface ReloadDebt {
  read(): Owed;
  /** Adds to what is owed, on the disk when it ends; costs nothing for what this object has recorded before. */
  record(services: Iterable<string>): Promise<void>;
  /** Strikes out. Not waited for the disk: what a power cut brings back is one reload too many. */
  pay(services: Iterable<string>): Promise<void>;
  /** Gets ready to strike out what the caller has been told. The result does it, also without the lock. */
  setApart(services: Iterable<string>): Promise<StrikeOut>;
}

/** The last act of a run. Throws an OcspbotError. */
export type StrikeOut = () => void;

/** `all` are the services that are owed a reload when a file does not tell which. */
export function openDebt(folder: string, all: readonly string[], tools: Tools): ReloadDebt {
  const recorded = new Set<string>();
  const oneByOne = serializer();
  const read = (): Owed => readDebts(folder, all, tools);
  const strikeOut = `strike out what was told in ${join(folder, DEBT_FILE)}`;
  return {
    read,
    record: (services) =>
      oneByOne(async () => {
        const missing = [...services].filter((service) => !recorded.has(service));
        if (missing.length === 0) return;
        const owed = new Set([...read().services, ...missing]);
        const step = `record in ${join(folder, DEBT_FILE)} which services to reload`;
        await attempt(step, 'nothing was changed', async () => {
          await replaceDebt(folder, owed, tools);
          await tools.files.syncFolder(folder);
        });
        for (const service of owed) recorded.add(service);
      }),
    pay: (services) =>
      oneByOne(async () => {
        const paid = new Set(services);
        for (const service of paid) recorded.delete(service);
        await attempt(strikeOut, ONCE_MORE, () => gatherDebt(folder, without(read(), paid), tools));
      }),
    setApart: (services) =>
      oneByOne(() => attempt(strikeOut, ONCE_MORE, () => setApart(folder, read, new Set(services), tools))),
  };
}

const ONCE_MORE = 'the services may be reloaded once more';

function without({ services }: Owed, paid: ReadonlySet<string>): Set<string> {
  return new Set(services.filter((service) => !paid.has(service)));
}

/** Runs what it is given one after the other, whether or not what went before has failed. */
function serializer(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const next = last.then(action, action);
    last = next;
    return next;
  };
}

/** Of all files: those that dead runs have set apart were told to nobody. */
function readDebts(folder: string, all: readonly string[], tools: Tools): Owed {
  try {
    const debts = namesOfDebts(folder, tools).map((name) => readDebt(join(folder, name), all, tools));
    const services = [...new Set(debts.flatMap((debt) => debt.services))];
    return { services, warning: debts.find(({ warning }) => warning !== undefined)?.warning };
  } catch (error) {
    if (errno(error) === 'ENOENT') return { services: [], warning: undefined };
    return { services: all, warning: `every service may be owed a reload: ${describe(error)}` };
  }
}

function namesOfDebts(folder: string, { files }: Tools): string[] {
  return files.list(folder).filter(isDebtName);
}

function readDebt(path: string, all: readonly string[], { files }: Tools): Owed {
  try {
    const services = decode(files.snapshot(path, LIMITS.stateFile).bytes);
    if (services !== undefined) return { services, warning: undefined };
    return { services: all, warning: `${path} is damaged: every service may be owed a reload` };
  } catch (error) {
    if (errno(error) === 'ENOENT') return { services: [], warning: undefined };
    return {
      services: all,
      warning: `every service may be owed a reload: cannot read ${path}: ${describe(error)}`,
    };
  }
}

function replaceDebt(folder: string, owed: ReadonlySet<string>, tools: Tools): Promise<void> {
  const text = `${JSON.stringify({ schema: 1, services: [...owed].sort() })}\n`;
  return replaceFile(folder, DEBT_FILE, text, tools);
}

/** All that is owed, in one file: what dead runs have set apart goes when that is there. */
async function gatherDebt(folder: string, owed: ReadonlySet<string>, tools: Tools): Promise<void> {
  const names = namesOfDebts(folder, tools);
  if (owed.size > 0) await replaceDebt(folder, owed, tools);
  for (const name of names)
    if (owed.size === 0 || name !== DEBT_FILE) await removeDebt(join(folder, name), tools);
}

async function removeDebt(path: string, { files }: Tools): Promise<void> {
  try {
    await files.remove(path);
  } catch (error) {
    // The run that has set it apart was not dead, but about to exit.
    if (errno(error) !== 'ENOENT') throw error;
  }
}

async function setApart(
  folder: string,
  read: () => Owed,
  told: ReadonlySet<string>,
  tools: Tools,
): Promise<StrikeOut> {
  if (told.size === 0) return () => undefined;
  const owed = read();
  const left = without(owed, told);
  if (left.size === owed.services.length) return () => undefined;
  const [name, ...others] = namesOfDebts(folder, tools);
  if (name !== DEBT_FILE || others.length > 0) await gatherDebt(folder, new Set(owed.services), tools);
  const path = join(folder, debtSetApart(tools.randomBytes(8)));
  await tools.files.rename(join(folder, DEBT_FILE), path);
  if (left.size > 0) await replaceDebt(folder, left, tools);
  return () => removeAtOnce(path, tools);
}

function removeAtOnce(path: string, { files }: Tools): void {
  try {
    files.removeAtOnce(path);
  } catch (error) {
    // The next run was there already, and has taken it over.
    if (errno(error) !== 'ENOENT') throw failure(`remove ${path}`, error, ONCE_MORE);
  }
}

/** undefined when it is not what we write. */
function decode(bytes: Uint8Array): string[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 1)
      return undefined;
    const services: unknown = 'services' in value ? value.services : undefined;
    return isNames(services) ? services : undefined;
  } catch {
    return undefined;
  }
}

/** Who may write in the state folder must not write to the terminal of whoever reads our messages. */
function isSafe(name: string): boolean {
  return unsafeCharacter(name) === undefined;
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && isSafe(name));
}
