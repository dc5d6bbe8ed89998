import { dirname } from 'node:path';
import type { Files } from '../../system/system.js';
import { quote } from '../../util/text.js';
import type { Configuration } from '../model.js';
import type { MessageAndHint } from '../defects.js';
import { type PathTarget, unreachable } from '../file-lookup.js';
import type { Located } from '../schema/value.js';
import { hintForShellPath } from '../written-path.js';
import { missingFolder } from './output-folders.js';
import { TOO_LONG } from './target-faults.js';
import type { Draft, Findings, Rule } from './rule.js';

/** Requires that the folders of log files, metrics, published responses and backups exist. */
export const outputFoldersExist: Rule = (draft, findings) => {
  const { top, settings } = draft;
  check(draft, folderOfLog(settings.outputLog), top.output_log, findings);
  check(draft, folderOfLog(settings.errorLog), top.error_log, findings);
  check(draft, settings.metricsFile && dirname(settings.metricsFile), top.metrics_file, findings);
  check(draft, settings.htmlFile && dirname(settings.htmlFile), top.html_file, findings);
  check(draft, settings.publishFolder, top.publish_folder, findings);
  const backups = settings.backups.kind === 'on' ? settings.backups.folder : undefined;
  check(draft, backups, top.backups?.value.folder, findings);
};

/** Requires that the state folder is a folder. If it is absent, the first run that needs it makes it. */
export const stateFolderIsFolder: Rule = (
  { top, settings: { stateFolder }, lookup },
  { problems, defects },
) => {
  const written = top.state_folder;
  if (written === undefined) return;
  const target = lookup.look(stateFolder);
  const { kind, isLink } = target;
  const forShell = hintForShellPath(written.range);
  const defect =
    kind === 'unreachable'
      ? unreachable(target)
      : STATE_FOLDER_FAULTS[kind === 'absent' && isLink ? 'dangling' : kind];
  if (defect !== undefined) {
    const [what, hint] = defect;
    defects.addShared('reported-by-run', written.range, [`${quote(stateFolder)} ${what}`, hint]);
  } else if (kind === 'absent' && forShell !== undefined)
    problems.add(written.range, `the folder ${quote(stateFolder)} does not exist`, forShell);
};

const NO_FOLDER: MessageAndHint = ['is not a folder', 'name a folder'];

const STATE_FOLDER_FAULTS: Record<
  Exclude<PathTarget['kind'], 'unreachable'> | 'dangling',
  MessageAndHint | undefined
> = {
  folder: undefined,
  absent: undefined,
  dangling: [
    'is a link to a folder that does not exist',
    'renew the link, or mount the disk that it leads to',
  ],
  file: NO_FOLDER,
  other: NO_FOLDER,
  'too-long': TOO_LONG,
};

/** Returns undefined if the folder contains a placeholder: its name depends on the time. */
function folderOfLog(log: string | undefined): string | undefined {
  const folder = log && dirname(log);
  return folder?.includes('{') ? undefined : folder;
}

function check(
  { lookup }: Draft,
  folder: string | undefined,
  written: Located<string> | undefined,
  { defects }: Findings,
): void {
  if (folder === undefined || written === undefined) return;
  const target = lookup.look(folder);
  if (target.kind !== 'folder')
    defects.addShared('reported-by-run', written.range, missingFolder(folder, target, written.range));
}

/**
 * Warns if the configuration writes other files to a folder with certificates or staples. Servers may read such a folder
 * as a whole: HAProxy takes every file for a certificate, except hidden ones and those that end with .ocsp, .issuer, .sctl
 * or .key.
 */
export function folderWarnings(configuration: Configuration, files: Pick<Files, 'resolve'>): string[] {
  const realPathOf = realPaths(files);
  const read = new Set(
    configuration.entries.flatMap(({ cert, ocsp }) => foldersOf([cert, ocsp], realPathOf)),
  );
  return outputsOf(configuration)
    .filter(({ folder }) => read.has(realPathOf(folder)))
    .map(
      ({ key, folder }) =>
        `${quote(key)} leads to ${quote(folder)}, which has certificates or staples: a server that reads the folder as a whole, ` +
        'as HAProxy does for "crt FOLDER", takes what is written there for certificates, and does not start; name another folder',
    );
}

interface Output {
  readonly key: string;
  readonly folder: string;
}

function outputsOf({ backups, stateFolder, outputLog, errorLog, ...files }: Configuration): Output[] {
  const chosen = backups.kind === 'on' ? backups.folder : undefined;
  return [
    { key: 'backups.folder', folder: chosen },
    { key: 'state_folder', folder: stateFolder },
    { key: 'output_log', folder: outputLog && dirname(outputLog) },
    { key: 'error_log', folder: errorLog && dirname(errorLog) },
    { key: 'metrics_file', folder: files.metricsFile && dirname(files.metricsFile) },
    { key: 'html_file', folder: files.htmlFile && dirname(files.htmlFile) },
    { key: 'publish_folder', folder: files.publishFolder },
  ].filter((output): output is Output => output.folder !== undefined);
}

/** Returns the folders of the paths, and the folders of the files that they link to. */
function foldersOf(paths: readonly string[], realPathOf: (path: string) => string): string[] {
  return paths.flatMap((path) => [realPathOf(dirname(path)), dirname(realPathOf(path))]);
}

/** Returns a cached lookup of real paths. A path that does not exist is returned as it is. */
function realPaths(files: Pick<Files, 'resolve'>): (path: string) => string {
  const known = new Map<string, string>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    let real = path;
    try {
      real = files.resolve(path);
    } catch {
      // A path that cannot be resolved stays as it is.
    }
    known.set(path, real);
    return real;
  };
}
