import { type FoundRecords, type RecordForm, readRecords, replaceRecords } from '../storage/record-files.js';
import type { Tools } from '../storage/tools.js';
import { isCount, isRecord, type JsonRecord, readMap } from '../util/json.js';
import { LIMITS } from '../util/limits.js';
import { isInstant } from '../util/time.js';
import { type Change, isAbout, isSeverity, type Severities } from './changes.js';

/** Changes that wait to be told, and how many more there were than are kept. */
export interface Unsent {
  readonly changes: readonly Change[];
  readonly omitted: number;
}

export const NOTHING_UNSENT: Unsent = { changes: [], omitted: 0 };

/**
 * The file by which no change is lost. A run writes the new severities together with the changes before it tells anybody, and
 * takes the changes out afterwards: a run that is killed between the two is the only one whose changes are told twice.
 */
export interface Outbox {
  readonly severities: Severities;
  /** The changes that wait, by the key of the receiver: one that fails does not make others hear something twice. */
  readonly unsent: ReadonlyMap<string, Unsent>;
}

const EMPTY: Outbox = { severities: new Map(), unsent: new Map() };

/** Adds changes to those that wait. Only the first ones are kept of very many: they fit into so many bytes. */
export function withChanges({ changes, omitted }: Unsent, more: readonly Change[], bytes: number): Unsent {
  const all = [...changes, ...more];
  let room = bytes;
  const last = all.findIndex((change) => (room -= Buffer.byteLength(JSON.stringify(change))) < 0);
  const kept = all.slice(0, Math.min(last < 0 ? all.length : last, LIMITS.unsentChanges));
  return { changes: kept, omitted: omitted + all.length - kept.length };
}

const FORM: RecordForm<Outbox> = { name: 'notifications.json', nothing: EMPTY, decode };

/** Reads the outbox. If it is damaged, people are told once more at worst what is wrong now. */
export function readOutbox(folder: string, tools: Pick<Tools, 'files'>): FoundRecords<Outbox> {
  return readRecords(folder, FORM, tools);
}

/** Writes the outbox, and returns what there is to say about a damaged one. Throws OcspbotErrors of writing. */
export async function writeOutbox(
  folder: string,
  { content: { severities, unsent }, flaw }: FoundRecords<Outbox>,
  tools: Tools,
): Promise<readonly string[]> {
  const text = `${JSON.stringify({ schema: 1, severities: [...severities], unsent: Object.fromEntries(unsent) })}\n`;
  const consequence = 'nobody was told of changes; the next run compares again';
  return await replaceRecords({ folder, name: FORM.name, text, flaw, consequence }, tools);
}

function decode({ severities, unsent }: JsonRecord): { content: Outbox; isWhole: boolean } {
  const pairs = Array.isArray(severities) ? severities : [];
  const content = { severities: new Map(pairs.filter(isPair)), unsent: readMap(unsent, readUnsent) };
  return { content, isWhole: Array.isArray(severities) && content.severities.size === pairs.length };
}

function isPair(value: unknown): value is [string, Change['severity']] {
  return Array.isArray(value) && typeof value[0] === 'string' && isSeverity(value[1]);
}

function readUnsent({ changes: written, omitted: count }: JsonRecord): Unsent | undefined {
  if (!Array.isArray(written)) return undefined;
  const changes = written.flatMap((one) => (isRecord(one) ? (readChange(one) ?? []) : []));
  return { changes: changes.slice(0, LIMITS.unsentChanges), omitted: isCount(count) ? count : 0 };
}

function readChange({ about, name, severity, before, time, message, hint }: JsonRecord): Change | undefined {
  if (!isAbout(about) || !isLevel(severity) || !isLevel(before)) return undefined;
  if (typeof name !== 'string' || typeof message !== 'string' || !isInstant(time)) return undefined;
  return { about, name, severity, before, time, message, hint: typeof hint === 'string' ? hint : undefined };
}

function isLevel(value: unknown): value is Change['severity'] {
  return value === 'ok' || isSeverity(value);
}
