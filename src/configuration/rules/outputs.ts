import { basename, dirname, sep } from 'node:path';
import { quote, shownCommand } from '../../util/text.js';
import type { Candidate } from '../candidates.js';
import type { MessageAndHint } from '../defects.js';
import { type PathTarget, unreachable } from '../file-lookup.js';
import { hintForShellPath } from '../written-path.js';
import { placeOf } from '../yaml/fields.js';
import type { SourceRange } from '../yaml/source.js';
import { duplicates, resolveConflict } from './inputs.js';
import type { Draft, Rule } from './rule.js';

/** Requires that the target of a response is a regular file or does not exist. */
export const targetsAreFiles: Rule = ({ candidates, lookup }, { defects }) => {
  for (const { entry, ranges } of candidates) {
    if (lookup.look(dirname(entry.ocsp)).kind !== 'folder') continue;
    const fault = faultOf(lookup.look(entry.ocsp));
    if (fault === undefined) continue;
    const [what, hint] = fault;
    const message = `"ocsp" of ${quote(entry.name)} ${what}: ${quote(entry.ocsp)}`;
    defects.add(entry, 'target-unsuitable', ranges.ocsp, [message, hint]);
  }
};

/** The end of a sentence about a file or folder that nobody can make, and a hint. */
export const TOO_LONG: MessageAndHint = [
  'has a name that is too long',
  'give it a name of at most 255 bytes: a letter outside of ASCII takes two or more',
];

function faultOf(target: PathTarget): MessageAndHint | undefined {
  return target.kind === 'unreachable' ? unreachable(target) : TARGET_FAULTS[target.kind];
}

const TARGET_FAULTS: Record<Exclude<PathTarget['kind'], 'unreachable'>, MessageAndHint | undefined> = {
  file: undefined,
  absent: undefined,
  folder: ['is a folder', 'name a file in it'],
  other: ['is not a regular file', 'name a regular file, or one that does not exist yet'],
  'too-long': TOO_LONG,
};

/**
 * Requires that the folders of responses exist. ocspbot does not make them, since a wrong path would go unnoticed; it makes
 * only the subfolders that mirror those of a scan. A missing `ocsp_folder` is a problem if the state folder is in it,
 * because then no run can begin.
 */
export const targetFoldersExist: Rule = (draft, { problems, defects }) => {
  const { paths, lookup, settings } = draft;
  const isRoot = settings.stateFolder.startsWith(`${paths.ocspFolder}${sep}`);
  for (const candidate of draft.candidates) {
    const folder = dirname(candidate.entry.ocsp);
    const target = lookup.look(folder);
    const { kind } = target;
    if (kind === 'folder') continue;
    if (kind === 'absent' && candidate.origin === 'found' && folder !== paths.ocspFolder) continue;
    const range = folderRange(draft, candidate, folder);
    const words = missingFolder(folder, target, range);
    if (isRoot && folder === paths.ocspFolder) problems.add(range, ...words);
    else defects.add(candidate.entry, 'target-unsuitable', range, words);
  }
};

function folderRange({ top, paths }: Draft, { ranges }: Candidate, folder: string): SourceRange {
  return folder === paths.ocspFolder && top.ocsp_folder !== undefined ? top.ocsp_folder.range : ranges.ocsp;
}

/** Returns the message and the hint for a missing folder. `range` is its path as it is written. */
export function missingFolder(folder: string, target: PathTarget, range: SourceRange): MessageAndHint {
  const { kind } = target;
  if (kind === 'absent') {
    const hint = hintForShellPath(range) ?? shownCommand(['mkdir', '-p', folder]);
    return [`the folder ${quote(folder)} does not exist`, hint];
  }
  if (kind === 'unreachable') {
    const [problem, hint] = unreachable(target);
    return [`the folder ${quote(folder)} ${problem}`, hint];
  }
  if (kind === 'too-long') return [`the folder ${quote(folder)} ${TOO_LONG[0]}`, TOO_LONG[1]];
  return [`${quote(folder)} is not a folder`, 'name a folder'];
}

/**
 * Requires a file of its own for each response, since two certificates with one file would replace each other's response.
 * Certificates of different keys may share one: a server has both under one name, and nginx staples one file with both.
 */
export const targetsAreUnique: Rule = ({ fileUse }, { problems, defects }) => {
  for (const { kept, refused, isSameKey } of fileUse.conflicts) {
    const { name, ocsp } = refused.entry;
    // namesAreUnique reports duplicate names.
    if (kept.entry.name === name) continue;
    const message = `${quote(kept.entry.name)} and ${quote(name)} write the same file ${quote(ocsp)}`;
    const why = isSameKey ? ONE_KEY : refused.entry.format === 'pem-chain' ? ONE_CHAIN : '';
    const hint = `the other is at ${placeOf(kept.ranges.ocsp)}; give each its own${why}`;
    // A renewal may have changed the key, which must not stop the other certificates.
    const isWritten = refused.origin === 'listed' && kept.entry.ocsp === ocsp && !isSameKey;
    if (isWritten) problems.add(refused.ranges.ocsp, message, hint);
    else defects.add(refused.entry, 'target-unsuitable', refused.ranges.ocsp, [message, hint]);
  }
};

const ONE_KEY = ': only certificates of different keys (RSA, ECDSA) can share one';
const ONE_CHAIN = ': a file in "format: pem-chain" is for one certificate';

interface Input {
  readonly path: string;
  /** Says what the file is. Only a message needs these words, and there are as many files as certificates. */
  readonly what: () => string;
}

/** Requires that no response replaces a file that the configuration reads. */
export const targetsAreNoInputs: Rule = (draft, { problems, defects }) => {
  const { candidates, lookup } = draft;
  const inputs = inputsAmong(new Set(candidates.map(({ entry }) => lookup.look(entry.ocsp).real)), draft);
  for (const { entry, origin, ranges } of candidates) {
    const input = inputs.get(lookup.look(entry.ocsp).real);
    if (input === undefined) continue;
    const message = `"ocsp" of ${quote(entry.name)} would overwrite ${input.what()}: ${quote(entry.ocsp)}`;
    const hint = 'name a file of its own for the response';
    const isWritten = origin === 'listed' && input.path === entry.ocsp;
    if (isWritten) problems.add(ranges.ocsp, message, hint);
    else defects.add(entry, 'target-unsuitable', ranges.ocsp, [message, hint]);
  }
};

/** Requires that logs, metrics and page have files of their own. Both logs may be in one file. */
export const publishedFilesAreTheirOwn: Rule = (draft, { problems }) => {
  const { lookup } = draft;
  const { logs, shown } = writtenFiles(draft);
  const files = [...logs, ...shown];
  if (files.length === 0) return;
  const others = inputsAmong(new Set(files.map(({ path }) => lookup.look(path).real)), draft);
  const add = (path: string, what: () => string): void => {
    others.set(lookup.look(path).real, { path, what });
  };
  for (const { entry } of draft.candidates) add(entry.ocsp, () => `the response of ${quote(entry.name)}`);
  const check = ({ key, path, range }: WrittenFile): void => {
    const other = others.get(lookup.look(path).real);
    if (other === undefined) return;
    problems.add(range, `"${key}" would overwrite ${other.what()}: ${quote(path)}`, 'name a file of its own');
  };
  for (const log of logs) check(log);
  for (const { key, path } of logs) add(path, () => `"${key}"`);
  for (const file of shown) {
    check(file);
    add(file.path, () => `"${file.key}"`);
  }
};

/**
 * Requires that the paths of logs, metrics and page can be those of files. A run cannot begin without its logs. A path with
 * a placeholder depends on the time.
 */
export const publishedFilesArePossible: Rule = (draft, { defects }) => {
  const { logs, shown } = writtenFiles(draft);
  for (const { key, path, range } of [...logs, ...shown]) {
    if (path.includes('{') || draft.lookup.look(dirname(path)).kind !== 'folder') continue;
    const { kind } = draft.lookup.look(path);
    const fault = kind === 'folder' || kind === 'too-long' ? TARGET_FAULTS[kind] : undefined;
    if (fault !== undefined)
      defects.addShared('reported-by-run', range, [`"${key}" ${fault[0]}: ${quote(path)}`, fault[1]]);
  }
};

interface WrittenFile {
  readonly key: string;
  readonly path: string;
  readonly range: SourceRange;
}

/** Returns the files that a run writes besides responses. The name of a log may depend on the time. */
function writtenFiles({ top, settings }: Draft): Record<'logs' | 'shown', readonly WrittenFile[]> {
  const fileOf = (
    key: 'output_log' | 'error_log' | 'metrics_file' | 'html_file',
    path: string | undefined,
  ): WrittenFile[] => {
    const range = top[key]?.range;
    return path === undefined || range === undefined ? [] : [{ key, path, range }];
  };
  const { outputLog, errorLog, metricsFile, htmlFile } = settings;
  return {
    logs: [...fileOf('output_log', outputLog), ...fileOf('error_log', errorLog)],
    shown: [...fileOf('metrics_file', metricsFile), ...fileOf('html_file', htmlFile)],
  };
}

/** Returns those of the files that the configuration reads. */
function inputsAmong(
  found: ReadonlySet<string>,
  { candidates, lookup, files, settings }: Draft,
): Map<string, Input> {
  const inputs = new Map<string, Input>();
  const add = (path: string | undefined, what: () => string): void => {
    const real = path === undefined ? undefined : lookup.look(path).real;
    if (path !== undefined && real !== undefined && found.has(real)) inputs.set(real, { path, what });
  };
  for (const { entry } of candidates) {
    add(entry.rootchain, () => `the root chain of ${quote(entry.name)}`);
    add(entry.chain, () => `the chain of ${quote(entry.name)}`);
    add(entry.cert, () => `the certificate of ${quote(entry.name)}`);
  }
  for (const path of settings.trustedResponders) add(path, () => 'a trusted responder');
  for (const { name, cert } of settings.issuers)
    add(cert, () => `the certificate of the issuer ${quote(name)}`);
  add(settings.http.caFile, () => 'the CA file');
  for (const path of files) add(path, () => 'the configuration');
  return inputs;
}

/**
 * Requires distinct file names of responses if backups share a folder. Backups have the file name of the response without
 * its folder, so two responses with one name would delete each other's backups.
 */
export const backupNamesAreUnique: Rule = (
  { candidates, lookup, settings: { backups } },
  { problems, defects },
) => {
  if (backups.kind === 'off' || backups.folder === undefined) return;
  const realOf = ({ entry }: Candidate) => lookup.look(entry.ocsp).real;
  for (const [first, later] of duplicates(candidates, (one) => basename(realOf(one)))) {
    const [kept, refused] = resolveConflict(first, later);
    // targetsAreUnique reports two entries with the same file.
    if (realOf(kept) === realOf(refused)) continue;
    const [one, other] = [kept, refused].map(({ entry }) => quote(entry.name));
    const message = `the backups of ${one} and ${other} would have the same names in ${quote(backups.folder)}`;
    const hint = `the other is at ${placeOf(kept.ranges.ocsp)}; give each file a name of its own, or leave out "folder" of "backups"`;
    const isWritten =
      refused.origin === 'listed' && basename(kept.entry.ocsp) === basename(refused.entry.ocsp);
    if (isWritten) problems.add(refused.ranges.ocsp, message, hint);
    else defects.add(refused.entry, 'target-unsuitable', refused.ranges.ocsp, [message, hint]);
  }
};
