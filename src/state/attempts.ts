import { isWhole, type RecordForm, readRecords, replaceRecords } from '../storage/record-files.js';
import type { Tools } from '../storage/tools.js';
import { fitting, isCode, isCount, type JsonRecord, readMap } from '../util/json.js';
import { LIMITS } from '../util/limits.js';
import { type Instant, isInstant } from '../util/time.js';

/** The last attempt to get a new staple for a certificate. */
export interface Attempt {
  /** The serial number in hexadecimal: the attempt says nothing about another certificate of the same name. */
  readonly serial: string;
  readonly at: Instant;
  /** The outcome and the reason, as the report of the run had them: `deferred`, `timeout`. */
  readonly outcome: string;
  readonly reason: string;
  /** Set if a responder said that an issuer is revoked. */
  readonly issuer?: 'revoked' | undefined;
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
  /** The counts by the origin of the responder's URL. */
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

const FORM: RecordForm<Attempts> = { name: 'attempts.json', nothing: NO_ATTEMPTS, decode };

/** Reads the attempts in a folder of state. A damaged or unreadable file counts as what can be read of it. */
export function readAttempts(folder: string, tools: Pick<Tools, 'files'>): Attempts {
  return readRecords(folder, FORM, tools).content;
}

/** Adds the attempts of a run, and returns what there is to say about the file. Throws OcspbotErrors of writing. */
export async function addAttempts(folder: string, news: Attempts, tools: Tools): Promise<readonly string[]> {
  if (Object.values(news).every(({ size }) => size === 0)) return [];
  const { content: known, flaw } = readRecords(folder, FORM, tools);
  const content = {
    schema: 1,
    certificates: youngest([known.certificates, news.certificates], LIMITS.attemptsKept.certificates),
    responders: fitting(latestCounts(known.responders, news.responders), LIMITS.attemptsKept.responders),
    days: latestDays(known.days, news.days),
    reloads: youngest([known.reloads, news.reloads], LIMITS.attemptsKept.reloads),
  };
  const text = `${JSON.stringify(content)}\n`;
  const consequence = 'status and monitoring do not show the attempts of this run';
  return await replaceRecords({ folder, name: FORM.name, text, flaw, consequence }, tools);
}

/** Adds the counts of a run. Responders that were asked last come first. */
function latestCounts(
  known: Attempts['responders'],
  news: Attempts['responders'],
): [string, RequestCounts][] {
  const counts = [...news].map(([origin, count]): [string, RequestCounts] => [
    origin,
    sum(known.get(origin), count),
  ]);
  return [...counts, ...[...known].filter(([origin]) => !news.has(origin))];
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

/** Keeps the youngest records, so that certificates that are gone do not stay for ever. */
function youngest(
  [known, news]: readonly [ReadonlyMap<string, Dated>, ReadonlyMap<string, Dated>],
  most: { readonly count: number; readonly bytes: number },
): object {
  return fitting(
    [...new Map([...known, ...news])].sort(([, one], [, other]) => other.at - one.at),
    most,
  );
}

interface Dated {
  readonly at: Instant;
}

function decode(record: JsonRecord): { content: Attempts; isWhole: boolean } {
  const days = readMap(record['days'], readDay);
  const content = {
    certificates: readMap(record['certificates'], readAttempt),
    responders: readMap(record['responders'], readCounts),
    days: new Map([...days].filter(([day]) => /^\d{4}-\d{2}-\d{2}$/.test(day))),
    reloads: readMap(record['reloads'], readReload),
  };
  return { content, isWhole: isWhole(record, content) };
}

function readAttempt({ serial, at, outcome, reason, issuer }: JsonRecord): Attempt | undefined {
  if (typeof serial !== 'string' || !isInstant(at) || !isCode(outcome) || !isCode(reason)) return undefined;
  const attempt = { serial, at, outcome, reason };
  return issuer === 'revoked' ? { ...attempt, issuer } : attempt;
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
