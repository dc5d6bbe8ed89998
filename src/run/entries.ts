import type { Entry, EntryDefect } from '../configuration/model.js';
import { OcspbotError, toOcspbotError } from '../util/errors.js';
import type { Files } from '../system/system.js';
import type { Instant } from '../util/time.js';
import { IssuerCache } from '../x509/load.js';
import { loadSubject, loadSentAuthorities, type Subject } from '../x509/subject.js';

/** An entry whose files have been read. */
export type Prepared =
  | { readonly kind: 'ready'; readonly entry: Entry; readonly subject: Subject }
  | { readonly kind: 'broken'; readonly entry: Entry; readonly error: OcspbotError };

/** Makes one error of all defects that were seen on the disk when the configuration was read. */
function defectError(defects: readonly EntryDefect[]): OcspbotError {
  const [first] = defects;
  const message = defects.map((defect) => defect.message).join('; ');
  return new OcspbotError(first?.code ?? 'internal', message, { hint: first?.hint });
}

/** Reads the files of an entry, and those of the entries that share its file. Throws OcspbotErrors that name the file. */
export function loadEntry(
  entry: Entry,
  files: Pick<Files, 'read'>,
  issuers: IssuerCache,
  now: Instant,
): Subject {
  const own = loadSubject(entry, files, issuers, now);
  const isChain = entry.format === 'pem-chain';
  const subject = isChain ? { ...own, sent: loadSentAuthorities(own.certificate, entry, files, now) } : own;
  const others = (entry.shared?.members ?? []).filter(({ name }) => name !== entry.name);
  if (others.length === 0) return subject;
  return { ...subject, partners: others.map((one) => [one.name, loadPartner(one, files, issuers, now)]) };
}

function loadPartner(entry: Entry, files: Pick<Files, 'read'>, issuers: IssuerCache, now: Instant): Subject {
  try {
    return loadSubject(entry, files, issuers, now);
  } catch (error) {
    const { code, message, hint } = toOcspbotError(error);
    throw new OcspbotError(code, `${entry.name}, which shares the file of the response: ${message}`, {
      hint,
    });
  }
}

/** Reads the certificate files of the entries. */
export function prepare(entries: readonly Entry[], files: Pick<Files, 'read'>, now: Instant): Prepared[] {
  return entries.map(openPreparation(files, now));
}

/**
 * Returns a function that reads the certificate files of an entry. A broken file is the failure of its own entry only. The
 * issuers are kept, the certificates are not.
 */
export function openPreparation(files: Pick<Files, 'read'>, now: Instant): (entry: Entry) => Prepared {
  const issuers = new IssuerCache(files);
  return (entry) => {
    const { defects } = entry;
    if (defects !== undefined) return { kind: 'broken', entry, error: defectError(defects) };
    try {
      return { kind: 'ready', entry, subject: loadEntry(entry, files, issuers, now) };
    } catch (error) {
      return { kind: 'broken', entry, error: toOcspbotError(error) };
    }
  };
}
