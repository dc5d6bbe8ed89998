import { join } from 'node:path';
import { attempt } from '../storage/errors.js';
import { replaceFile } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import { type JsonRecord, parseRecord, readMap } from '../util/json.js';
import { LIMITS } from '../util/limits.js';
import type { Instant } from '../util/time.js';
import { isInstant } from './last-run.js';

const ATTEMPTS_FILE = 'attempts.json';

/** The last attempt to get a new staple for a certificate. */
export interface Attempt {
  /** The serial number in hexadecimal: the attempt says nothing about another certificate of the same name. */
  readonly serial: string;
  readonly at: Instant;
  /** The outcome and the reason, as the report of the run had them: `deferred`, `timeout`. */
  readonly outcome: string;
  readonly reason: string;
}

/** The requests that a responder was sent since the file was begun. */
export interface RequestCounts {
  readonly attempts: number;
  readonly failures: number;
}

/** The attempts of one day. */
export interface DayCounts {
  readonly renewed: number;
  readonly failed: number;
}

/** The last reload of a service: `reloaded`, `failed`, or `reported` if it was left to the caller. */
export interface LastReload {
  readonly at: Instant;
  readonly outcome: string;
}

/** The attempts of earlier runs, for people and monitoring. No run depends on them: the file may be removed at any time. */
export interface Attempts {
  /** The last attempts by the name of the certificate. */
  readonly certificates: ReadonlyMap<string, Attempt>;
  /** The counts by the URL of the responder. */
  readonly responders: ReadonlyMap<string, RequestCounts>;
  /** The counts of the last weeks by the day in UTC. */
  readonly days: ReadonlyMap<string, DayCounts>;
  /** The last reloads by the name of the service. */
  readonly reloads: ReadonlyMap<string, LastReload>;
}

const NO_ATTEMPTS: Attempts = {
  certificates: new Map(),
  responders: new Map(),
  days: new Map(),
  reloads: new Map(),
};

/** Reads the attempts in a folder of state. A damaged or unreadable file counts as empty. */
export function readAttempts(folder: string, { files }: Pick<Tools, 'files'>): Attempts {
  try {
    return decode(files.snapshot(join(folder, ATTEMPTS_FILE), LIMITS.memoryFile).bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return NO_ATTEMPTS;
  }
}

/** Adds the attempts of a run. Throws OcspbotErrors of writing. */
export async function addAttempts(folder: string, news: Attempts, tools: Tools): Promise<void> {
  if (Object.values(news).every(({ size }) => size === 0)) return;
  const known = readAttempts(folder, tools);
  const counts = [...news.responders].map(
    ([url, count]) => [url, sum(known.responders.get(url), count)] as const,
  );
  const content = {
    schema: 1,
    certificates: youngest(new Map([...known.certificates, ...news.certificates])),
    responders: Object.fromEntries([...known.responders, ...counts].slice(-LIMITS.rememberedResponders)),
    days: latestDays(known.days, news.days),
    reloads: Object.fromEntries([...known.reloads, ...news.reloads].slice(-LIMITS.rememberedResponders)),
  };
  const consequence = 'status and monitoring do not show the attempts of this run';
  await attempt(`write ${join(folder, ATTEMPTS_FILE)}`, consequence, () =>
    replaceFile(folder, ATTEMPTS_FILE, `${JSON.stringify(content)}\n`, tools),
  );
}

function sum(before: RequestCounts | undefined, more: RequestCounts): RequestCounts {
  return {
    attempts: (before?.attempts ?? 0) + more.attempts,
    failures: (before?.failures ?? 0) + more.failures,
  };
}

/** Adds the counts of a run, and keeps the latest days. */
function latestDays(known: Attempts['days'], news: Attempts['days']): object {
  const sums = new Map(known);
  for (const [day, { renewed, failed }] of news) {
    const before = known.get(day) ?? { renewed: 0, failed: 0 };
    sums.set(day, { renewed: before.renewed + renewed, failed: before.failed + failed });
  }
  const days = [...sums].sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(days.slice(-LIMITS.rememberedDays));
}

/** Keeps the youngest attempts, so that certificates that are gone do not stay for ever. */
function youngest(attempts: ReadonlyMap<string, Attempt>): object {
  const kept = [...attempts].sort(([, one], [, other]) => other.at - one.at);
  return Object.fromEntries(kept.slice(0, LIMITS.rememberedCertificates));
}

function decode(bytes: Uint8Array): Attempts {
  const content = parseRecord(bytes);
  if (content?.['schema'] !== 1) return NO_ATTEMPTS;
  return {
    certificates: readMap(content['certificates'], readAttempt),
    responders: readMap(content['responders'], readCounts),
    days: readMap(content['days'], readDay),
    reloads: readMap(content['reloads'], readReload),
  };
}

function readAttempt({ serial, at, outcome, reason }: JsonRecord): Attempt | undefined {
  if (typeof serial !== 'string' || !isInstant(at)) return undefined;
  return isCode(outcome) && isCode(reason) ? { serial, at, outcome, reason } : undefined;
}

function readCounts({ attempts, failures }: JsonRecord): RequestCounts | undefined {
  return isCount(attempts) && isCount(failures) ? { attempts, failures } : undefined;
}

function readDay({ renewed, failed }: JsonRecord): DayCounts | undefined {
  return isCount(renewed) && isCount(failed) ? { renewed, failed } : undefined;
}

function readReload({ at, outcome }: JsonRecord): LastReload | undefined {
  return isInstant(at) && isCode(outcome) ? { at, outcome } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Accepts only the characters of a code, because the text is shown. */
function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9-]{1,40}$/.test(value);
}
