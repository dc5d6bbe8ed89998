import type { Configuration, Entry, EntryDefect } from '../configuration/model.js';
import { didYouMean } from '../configuration/problem.js';
import { OcspbotError, toOcspbotError } from '../util/errors.js';
import type { Files } from '../system/system.js';
import { shownCommand } from '../util/text.js';
import type { Instant } from '../util/time.js';
import { IssuerCache, loadSubject, loadSentAuthorities, type Subject } from '../x509/load.js';

/** An entry whose files have been read. */
export type Prepared =
  | { readonly kind: 'ready'; readonly entry: Entry; readonly subject: Subject }
  | { readonly kind: 'broken'; readonly entry: Entry; readonly error: OcspbotError };

/** Makes one error of all defects that were seen on the disk when the configuration was read. */
export function defectError(defects: readonly EntryDefect[]): OcspbotError {
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

/** The certificates of a run: all of the configuration if both lists are empty. */
export interface Selection {
  /** Exact names. */
  readonly only: readonly string[];
  /** Patterns with `*` and `?`. */
  readonly match: readonly string[];
}

type Configured = Pick<Configuration, 'entries' | 'file'> & Partial<Pick<Configuration, 'defects'>>;

export function isSelection({ only, match }: Selection): boolean {
  return only.length > 0 || match.length > 0;
}

/** Returns the selected entries in the order of the configuration. Throws `usage` for a name or pattern that selects none. */
export function selectEntries(configuration: Configured, { only, match }: Selection): readonly Entry[] {
  const { entries } = configuration;
  if (!isSelection({ only, match })) return entries;
  const named = new Set(only.map((name) => findEntry(configuration, name, '--only')));
  const patterns = match.map((glob) => patternOf(glob, configuration));
  return entries.filter((entry) => named.has(entry) || patterns.some((pattern) => pattern.test(entry.name)));
}

/**
 * Finds the certificate of a name. The name is the value of `option`, or else an operand of the command line.
 *
 * @throws OcspbotError `usage`, or `configuration-unreadable` if the certificate may be in an unreadable place
 */
export function findEntry(configuration: Configured, name: string, option?: string): Entry {
  const { entries, file, defects = [] } = configuration;
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const problem =
    option === undefined ? `${file} has no certificate of the name ${name}` : `${option} ${name}: ${NO_NAME}`;
  // A certificate in an unreadable place must not look as if it had been taken out of the configuration.
  const place = defects.find(({ effect }) => effect === 'unknown-certificates');
  if (place !== undefined)
    throw new OcspbotError('configuration-unreadable', `${problem}; but ${place.message}`, {
      hint: place.hint,
    });
  const isPattern = option !== undefined && entries.some((entry) => compile(name).test(entry.name));
  const hint = isPattern
    ? `patterns go to --match: ${shownCommand(['--match', name])}`
    : didYouMean(
        name,
        entries.map((entry) => entry.name),
      );
  throw new OcspbotError('usage', problem, { hint: hint ?? seeNames(file) });
}

const NO_NAME = 'no certificate has this name';

function patternOf(glob: string, { entries, file }: Configured): RegExp {
  const pattern = compile(glob);
  if (entries.some(({ name }) => pattern.test(name))) return pattern;
  throw new OcspbotError('usage', `--match ${glob}: no certificate has such a name`, {
    hint: seeNames(file),
  });
}

function compile(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`, 'su');
}

function seeNames(file: string): string {
  return `list the names with: ${shownCommand(['ocspbot', 'validate', '--verbose', file])}`;
}
