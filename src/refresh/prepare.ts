import { IssuerCache } from '../certificates/load.js';
import { loadSubject, type Subject } from '../certificates/subject.js';
import type { Entry } from '../configuration/model.js';
import { toOcspbotError, type OcspbotError } from '../errors.js';
import type { Files } from '../system/interfaces/files.js';

/** An entry whose files have been read. */
export type Prepared =
  | { readonly kind: 'ready'; readonly entry: Entry; readonly subject: Subject }
  | { readonly kind: 'broken'; readonly entry: Entry; readonly error: OcspbotError };

/** Reads the certificate files of the entries; one that is broken does not hurt another. */
export function prepare(entries: readonly Entry[], files: Pick<Files, 'read'>): Prepared[] {
  const issuers = new IssuerCache(files);
  return entries.map((entry) => {
    try {
      return { kind: 'ready', entry, subject: loadSubject(entry, files, issuers) };
    } catch (error) {
      return { kind: 'broken', entry, error: toOcspbotError(error) };
    }
  });
}
