import { type ErrorCode, OcspbotError } from '../../util/errors.js';
import { quote } from '../../util/text.js';
import { loadBundle } from '../../x509/load.js';
import type { Candidate } from '../candidates.js';
import type { Defects, Words } from '../defects.js';
import type { Place } from '../file-lookup.js';
import { placeOf } from '../yaml/fields.js';
import type { SourceRange } from '../yaml/source.js';
import type { Draft, Rule } from './rule.js';

/** The files of listed certificates are there. What is in them is looked at later, one by one. */
export const certificateFilesExist: Rule = (draft, { defects }) => {
  for (const { entry, origin, spots } of draft.candidates) {
    if (origin === 'found') continue;
    const check = (path: string | undefined, what: string, spot: SourceRange): void => {
      const fault = path === undefined ? undefined : faultOfFile(path, what, spot, draft);
      if (fault !== undefined) defects.add(entry, fault.code, spot, fault.words);
    };
    check(entry.cert, 'the certificate', spots.cert);
    check(entry.chain, 'the chain', spots.chain);
    check(entry.rootchain, 'the root chain', spots.rootchain);
  }
};

/** Only responses that one of them has signed need it. */
export const trustedRespondersAreUsable: Rule = (draft, { defects }) => {
  const written = draft.top.trusted_responders?.value ?? [];
  for (const [index, { spot }] of written.entries()) {
    const path = draft.settings.trustedResponders[index];
    if (path !== undefined) checkCertificates(path, 'the trusted responder', spot, draft, defects);
  }
};

/** Only responders that are asked by https need it. */
export const caFileIsUsable: Rule = (draft, { defects }) => {
  const written = draft.top.http?.value.ca_file;
  const { caFile } = draft.settings.http;
  if (written !== undefined && caFile !== undefined)
    checkCertificates(caFile, 'the CA file', written.spot, draft, defects);
};

function checkCertificates(
  path: string,
  what: string,
  spot: SourceRange,
  draft: Draft,
  defects: Defects,
): void {
  for (const [message, hint] of faultsOfCertificates(path, what, spot, draft)) {
    const said = message.startsWith(what) ? message : `${what}: ${message}`;
    defects.addShared('missing-aid', spot, [said, hint]);
  }
}

/** What is wrong with a file of certificates that is read here and now. */
export function faultsOfCertificates(path: string, what: string, spot: SourceRange, draft: Draft): Words[] {
  const fault = faultOfFile(path, what, spot, draft);
  if (fault !== undefined) return [fault.words];
  try {
    return loadBundle(path, draft, 'any').damage.map(wordsOf);
  } catch (error) {
    if (error instanceof OcspbotError) return [wordsOf(error)];
    throw error;
  }
}

function wordsOf({ message, hint }: OcspbotError): Words {
  return [message, hint ?? 'name a file of certificates'];
}

interface Fault {
  readonly code: ErrorCode;
  readonly words: Words;
}

/** Why there is no file that could be read, as far as can be seen without opening it. */
export function faultOfFile(path: string, what: string, spot: SourceRange, draft: Draft): Fault | undefined {
  const { kind, isLink } = draft.places.look(path);
  if (kind === 'file') return undefined;
  const [problem, hint] = FAULTS[kind === 'absent' && isLink ? 'dangling' : kind];
  const code = kind === 'absent' ? 'file-missing' : 'file-unreadable';
  return { code, words: [`${what} ${quote(path)} ${problem}`, hint ?? hintForAbsent(draft, spot)] };
}

const FAULTS: Record<
  Exclude<Place['kind'], 'file'> | 'dangling',
  readonly [problem: string, hint: string | undefined]
> = {
  absent: ['does not exist', undefined],
  dangling: ['is a link to a file that does not exist', 'renew the link, or name the file itself'],
  folder: ['is a folder', 'name the file in it'],
  other: ['is no regular file', 'name a regular file'],
  unreachable: ['cannot be reached', 'check the permissions of the folders on the way, and the links'],
};

/** Cron starts programs elsewhere than a person does: whoever wrote a relative path is told where it begins. */
function hintForAbsent({ paths }: Draft, { source, start, end }: SourceRange): string {
  const written = source.text.slice(start, end).replace(/^['"]/, '');
  if (written.startsWith('/')) return 'correct the path, or put the file there';
  if (written.startsWith('~')) return 'write the whole path: ~ is not expanded here';
  return `relative paths begin in ${paths.origin} (${quote(paths.base)})`;
}

/** A name stands for one certificate: in `--only`, in reports, in the log. Names that are found come from the disk. */
export const namesAreUnique: Rule = ({ candidates, paths }, { problems, defects }) => {
  for (const [first, later] of repeated(candidates, ({ entry }) => entry.name)) {
    const [stays, gives] = givingWay(first, later);
    const { name, cert } = gives.entry;
    const certs = `${quote(paths.shown(stays.entry.cert))} and ${quote(paths.shown(cert))}`;
    const message = `the domain ${quote(name)} is there twice, for ${certs}`;
    const hint = `the first is at ${placeOf(stays.spots.name)}; keep one`;
    if (gives.origin === 'listed') problems.add(gives.spots.name, message, hint);
    else defects.add(gives.entry, 'name-taken', gives.spots.name, [message, hint]);
  }
};

/** Each candidate whose key an earlier one has, after the first one that has it. */
export function repeated(
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

/** Two that exclude each other: the one that gives way is the later one, or the one that was merely found. */
export function givingWay(first: Candidate, later: Candidate): readonly [stays: Candidate, gives: Candidate] {
  const isFirst = first.origin === 'found' && later.origin === 'listed';
  return isFirst ? [later, first] : [first, later];
}
