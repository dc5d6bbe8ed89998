import { LIMITS } from '../util/limits.js';
import {
  type Flaw,
  type FoundRecords,
  isWhole,
  type RecordForm,
  readRecords,
  replaceRecords,
} from '../storage/record-files.js';
import type { Tools } from '../storage/tools.js';
import { randomFraction } from '../util/bytes.js';
import { fitting, isCode, isCount, isRecord, type JsonRecord, readMap } from '../util/json.js';
import { type Instant, isInstant } from '../util/time.js';
import { ResponderHistory } from './history.js';
import {
  type CertificateRecord,
  type Copy,
  NOTHING,
  type HistoryContents,
  type ResponderRecord,
} from './history-records.js';
import type { Wait } from './types.js';
import { isDateText, isEntityTag } from './validators.js';

const FORM: RecordForm<HistoryContents> = { name: 'responders.json', nothing: NOTHING, decode };

/** The file of the history in the state folder, whose lock is held except in dry runs. */
export interface HistoryStore {
  /** Returns the history, which is read on the first call: a run with nothing to fetch does not need it. */
  history(): ResponderHistory;
  /** Writes the history if it has changed, and returns what there is to say about the file. Throws OcspbotErrors of writing. */
  save(): Promise<readonly string[]>;
}

/** Opens the history. A dry run reads it, but never writes it. Without a folder it is empty and is not kept. */
export function openHistoryStore(
  stateFolder: string | undefined,
  tools: Tools & { readonly dryRun: boolean },
): HistoryStore {
  let known: ResponderHistory | undefined;
  let flaw: Flaw | undefined;
  const open = (): ResponderHistory => {
    const found = read(stateFolder, tools);
    flaw = found.flaw;
    return new ResponderHistory(found.content, tools.now, () => randomFraction(tools));
  };
  return {
    history: () => (known ??= open()),
    save: async () => {
      if (stateFolder === undefined || tools.dryRun || known?.isChanged !== true) return [];
      const file = { folder: stateFolder, name: FORM.name, text: encode(known.content, tools.now), flaw };
      const consequence = 'the next run asks responders as if there had been no earlier one';
      return await replaceRecords({ ...file, consequence }, tools);
    },
  };
}

/** Reads the history. A damaged or unreadable one counts as empty: at worst a responder is asked once too often. */
function read(stateFolder: string | undefined, tools: Tools): FoundRecords<HistoryContents> {
  if (stateFolder === undefined) return { content: NOTHING, flaw: undefined };
  return readRecords(stateFolder, FORM, tools);
}

/** Encodes a history. Records that are older than any wait are left out, and the oldest ones if there are too many. */
export function encode({ responders, certificates }: HistoryContents, now: Instant): string {
  const content = {
    schema: 1,
    responders: toObject(responders, LIMITS.rememberedResponders, now),
    certificates: toObject(certificates, LIMITS.rememberedCertificates, now),
  };
  return `${JSON.stringify(content)}\n`;
}

type AnyRecord = ResponderRecord | CertificateRecord;

function toObject(
  records: ReadonlyMap<string, AnyRecord>,
  most: { readonly count: number; readonly bytes: number },
  now: Instant,
): object {
  const kept = [...records]
    .map(([key, record]) => ({ key, record, since: sinceOf(record) }))
    .filter(({ since }) => Math.abs(now - since) < LIMITS.rememberedFor)
    .sort((a, b) => b.since - a.since);
  return fitting(
    kept.map(({ key, record }) => [key, record] as const),
    most,
  );
}

function sinceOf(record: AnyRecord): Instant {
  return Math.max(record.wait?.since ?? 0, 'form' in record ? (record.form?.since ?? 0) : 0);
}

/** Decodes a history. A damaged record is left out. */
export function decode(record: JsonRecord): { content: HistoryContents; isWhole: boolean } {
  const content = {
    responders: readMap(record['responders'], readResponder, LIMITS.rememberedResponders.count),
    certificates: readMap(record['certificates'], readCertificate, LIMITS.rememberedCertificates.count),
  };
  return { content, isWhole: isWhole(record, content) };
}

function readResponder({ form, wait }: JsonRecord): ResponderRecord {
  return { form: readForm(form), wait: readWait(wait) };
}

function readForm(value: unknown): ResponderRecord['form'] {
  const { method, hash, since } = isRecord(value) ? value : {};
  if ((method !== 'get' && method !== 'post') || (hash !== 'sha1' && hash !== 'sha256')) return undefined;
  return isInstant(since) ? { method, hash, since } : undefined;
}

function readCertificate({ wait: written, copy }: JsonRecord): CertificateRecord | undefined {
  const wait = readWait(written);
  return wait && { wait, copy: readCopy(copy) };
}

function readWait(value: unknown): Wait | undefined {
  const { since, until, why, count } = isRecord(value) ? value : {};
  if (!isInstant(since) || !isInstant(until) || !isCode(why)) return undefined;
  if (!isCount(count) || count < 1 || count > LIMITS.countedWaits) return undefined;
  return { since, until, why, count };
}

function readCopy(value: unknown): Copy | undefined {
  const { digest, etag, lastModified } = isRecord(value) ? value : {};
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) return undefined;
  return {
    digest,
    // Both are sent in a header.
    etag: typeof etag === 'string' && isEntityTag(etag) ? etag : undefined,
    lastModified: typeof lastModified === 'string' && isDateText(lastModified) ? lastModified : undefined,
  };
}
