import { IssuerCache } from '../certificates/load.js';
import { loadSubject, type Subject } from '../certificates/subject.js';
import type { Entry, EntryDefect } from '../configuration/model.js';
import { OcspbotError, toOcspbotError } from '../errors.js';
import type { Files } from '../system/interfaces/files.js';
import type { Instant } from '../time/instant.js';

/** An entry whose files have been read. */
export type Prepared =
  | { readonly kind: 'ready'; readonly entry: Entry; readonly subject: Subject }
  | { readonly kind: 'broken'; readonly entry: Entry; readonly error: OcspbotError };

/** All that was seen on the disk when the configuration was read, as the error of the entry. */
export function defectError(defects: readonly EntryDefect[]): OcspbotError {
  const [first] = defects;
  const message = defects.map((defect) => defect.message).join('; ');
  return new OcspbotError(first?.code ?? 'internal', message, { hint: first?.hint });
}

/** Reads the certificate files of the entries; one that is broken does not hurt another. */
export function prepare(entries: readonly Entry[], files: Pick<Files, 'read'>, now: Instant): Prepared[] {
  const issuers = new IssuerCache(files);
  return entries.map((entry) => {
    const { defects } = entry;
    if (defects !== undefined) return { kind: 'broken', entry, error: defectError(defects) };
    try {
      return { kind: 'ready', entry, subject: loadSubject(entry, files, issuers, now) };
    } catch (error) {
      return { kind: 'broken', entry, error: toOcspbotError(error) };
    }
  });
}
