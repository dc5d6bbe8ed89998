import { type ErrorCode, OcspbotError } from '../../util/errors.js';
import { TOO_LONG } from '../../util/read-failure.js';
import { quote } from '../../util/text.js';
import { loadBundle } from '../../x509/load.js';
import type { Candidate } from '../candidates.js';
import type { Defects, MessageAndHint } from '../defects.js';
import { type PathTarget, unreachable } from '../file-lookup.js';
import { hintForShellPath, writtenPath } from '../written-path.js';
import { placeOf } from '../yaml/fields.js';
import type { SourceRange } from '../yaml/source.js';
import type { Draft, Rule } from './rule.js';

/** Requires that the files of listed certificates exist. Their contents are checked later, for each certificate alone. */
export const certificateFilesExist: Rule = (draft, { defects }) => {
  for (const { entry, origin, ranges } of draft.candidates) {
    if (origin === 'found') continue;
    const check = (path: string | undefined, what: string, range: SourceRange): void => {
      const fault = path === undefined ? undefined : fileFault({ path, what, range }, draft);
      if (fault !== undefined) defects.add(entry, fault.code, range, fault.words);
    };
    check(entry.cert, 'the certificate', ranges.cert);
    check(entry.chain, 'the chain', ranges.chain);
    check(entry.rootchain, 'the root chain', ranges.rootchain);
  }
};

/** Requires that the files of trusted responders are usable. Only responses signed by one of them need it. */
export const trustedRespondersAreUsable: Rule = (draft, { defects }) => {
  const written = draft.top.trusted_responders?.value ?? [];
  for (const [index, { range }] of written.entries()) {
    const path = draft.settings.trustedResponders[index];
    if (path !== undefined) checkCertificates({ path, what: 'the trusted responder', range }, draft, defects);
  }
};

/** Requires that the CA file is usable. Only https responders need it. */
export const caFileIsUsable: Rule = (draft, { defects }) => {
  const written = draft.top.http?.value.ca_file;
  const { caFile } = draft.settings.http;
  if (written !== undefined && caFile !== undefined)
    checkCertificates({ path: caFile, what: 'the CA file', range: written.range }, draft, defects);
};

/** A file that the configuration names. */
interface NamedFile {
  readonly path: string;
  /** The purpose of the file, for messages. */
  readonly what: string;
  /** The place where the path is written. */
  readonly range: SourceRange;
}

function checkCertificates(file: NamedFile, draft: Draft, defects: Defects): void {
  for (const [problem, hint] of certificateFaults(file, draft)) {
    const message = problem.startsWith(file.what) ? problem : `${file.what}: ${problem}`;
    defects.addShared('unusable-file', file.range, [message, hint]);
  }
}

/** Reads a file of certificates and returns what is wrong with it. */
export function certificateFaults(file: NamedFile, draft: Draft): MessageAndHint[] {
  const fault = fileFault(file, draft);
  if (fault !== undefined) return [fault.words];
  try {
    return loadBundle(file.path, draft, 'any').damage.map(wordsOf);
  } catch (error) {
    if (error instanceof OcspbotError) return [wordsOf(error)];
    throw error;
  }
}

function wordsOf({ message, hint }: OcspbotError): MessageAndHint {
  return [message, hint ?? 'name a file of certificates'];
}

interface Fault {
  readonly code: ErrorCode;
  readonly words: MessageAndHint;
}

/** Returns why a path is not a readable file, as far as this is visible without opening it. */
function fileFault({ path, what, range }: NamedFile, draft: Draft): Fault | undefined {
  const target = draft.lookup.look(path);
  const { kind, isLink } = target;
  if (kind === 'file') return undefined;
  const [problem, hint] =
    kind === 'unreachable' ? unreachable(target) : FAULTS[kind === 'absent' && isLink ? 'dangling' : kind];
  const code = kind === 'absent' ? 'file-missing' : 'file-unreadable';
  return { code, words: [`${what} ${quote(path)} ${problem}`, hint ?? hintForAbsent(draft, range)] };
}

const FAULTS: Record<
  Exclude<PathTarget['kind'], 'file' | 'unreachable'> | 'dangling',
  readonly [problem: string, hint: string | undefined]
> = {
  absent: ['does not exist', undefined],
  dangling: ['is a link to a file that does not exist', 'renew the link, or name the file itself'],
  folder: ['is a folder', 'name the file in it'],
  other: ['is not a regular file', 'name a regular file'],
  'too-long': [TOO_LONG.problem, TOO_LONG.hint],
};

/** Returns advice. For a relative path it names the base folder, since cron starts programs in another folder. */
function hintForAbsent({ paths }: Draft, range: SourceRange): string {
  const forShell = hintForShellPath(range);
  if (forShell !== undefined) return forShell;
  if (writtenPath(range).startsWith('/')) return 'correct the path, or put the file there';
  return `relative paths begin in ${paths.origin} (${quote(paths.base)})`;
}

/**
 * Requires that a name stands for one certificate: in `--only`, in reports, in the log. The name of a found certificate
 * comes from the disk, so a duplicate of it is a defect of the disk.
 */
export const namesAreUnique: Rule = ({ candidates, paths }, { problems, defects }) => {
  for (const [first, later] of duplicates(candidates, ({ entry }) => entry.name)) {
    const [kept, refused] = resolveConflict(first, later);
    const { name, cert } = refused.entry;
    const certs = `${quote(paths.shorten(kept.entry.cert))} and ${quote(paths.shorten(cert))}`;
    const message = `the domain ${quote(name)} appears twice, for ${certs}`;
    const hint = `the first is at ${placeOf(kept.ranges.name)}; keep one`;
    if (refused.origin === 'listed') problems.add(refused.ranges.name, message, hint);
    else defects.add(refused.entry, 'name-taken', refused.ranges.name, [message, hint]);
  }
};

/** Returns each candidate that has the same key as an earlier one, together with the first candidate of that key. */
export function duplicates(
  candidates: readonly Candidate[],
  keyOf: (candidate: Candidate) => string,
): (readonly [first: Candidate, later: Candidate])[] {
  const known = new Map<string, Candidate>();
  return candidates.flatMap((candidate) => {
    const key = keyOf(candidate);
    const first = known.get(key);
    if (first !== undefined) return [[first, candidate] as const];
    known.set(key, candidate);
    return [];
  });
}

/** Decides which of two conflicting candidates is refused: the found one if the other is listed, else the later one. */
export function resolveConflict(
  first: Candidate,
  later: Candidate,
): readonly [kept: Candidate, refused: Candidate] {
  const isFirst = first.origin === 'found' && later.origin === 'listed';
  return isFirst ? [later, first] : [first, later];
}
