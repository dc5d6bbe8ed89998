import { join } from 'node:path';
import { LIMITS } from '../defaults.js';
import { describe } from '../errors.js';
import { attempt, errno } from './failure.js';
import { DEBT_FILE } from './names.js';
import type { Tools } from './tools.js';
import { replaceFile } from './replace-file.js';

/** Services that must be reloaded, or may have been left without a reload by a run that died. */
export interface Owed {
  readonly services: readonly string[];
  /** Why every service is in it. */
  readonly warning: string | undefined;
}

/** For use while the lock is held. Calls may overlap. */
export interface ReloadDebt {
  read(): Owed;
  /** Adds to what is owed, on the disk when it ends; costs nothing for what this object has recorded before. */
  record(services: Iterable<string>): Promise<void>;
  /** Strikes out. Not waited for the disk: what a power cut brings back is one reload too many. */
  pay(services: Iterable<string>): Promise<void>;
}

/** `all` are the services that are owed a reload when the file does not tell which. */
export function openDebt(folder: string, all: readonly string[], tools: Tools): ReloadDebt {
  const recorded = new Set<string>();
  const oneByOne = serializer();
  const read = (): Owed => readDebt(join(folder, DEBT_FILE), all, tools);
  return {
    read,
    record: (services) =>
      oneByOne(async () => {
        const missing = [...services].filter((service) => !recorded.has(service));
        if (missing.length === 0) return;
        const owed = new Set([...read().services, ...missing]);
        await recordDebt(folder, owed, tools);
        for (const service of owed) recorded.add(service);
      }),
    pay: (services) =>
      oneByOne(async () => {
        const paid = new Set(services);
        for (const service of paid) recorded.delete(service);
        await settleDebt(folder, read(), paid, tools);
      }),
  };
}

/** Runs what it is given one after the other, whether or not what went before has failed. */
function serializer(): (action: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (action) => {
    const next = last.then(action, action);
    last = next;
    return next;
  };
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

async function recordDebt(folder: string, owed: ReadonlySet<string>, tools: Tools): Promise<void> {
  const step = `record in ${join(folder, DEBT_FILE)} which services to reload`;
  await attempt(step, 'nothing was changed', async () => {
    await replaceDebt(folder, owed, tools);
    await tools.files.syncFolder(folder);
  });
}

async function settleDebt(
  folder: string,
  owed: Owed,
  paid: ReadonlySet<string>,
  tools: Tools,
): Promise<void> {
  const path = join(folder, DEBT_FILE);
  const left = owed.services.filter((service) => !paid.has(service));
  await attempt(`strike out ${path}`, 'the services may be reloaded once more', async () => {
    if (left.length > 0) await replaceDebt(folder, new Set(left), tools);
    else if (tools.files.facts(path) !== undefined) await tools.files.remove(path);
  });
}

function replaceDebt(folder: string, owed: ReadonlySet<string>, tools: Tools): Promise<void> {
  const text = `${JSON.stringify({ schema: 1, services: [...owed].sort() })}\n`;
  return replaceFile(folder, DEBT_FILE, text, tools);
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

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
