import { dirname } from 'node:path';
import type { Files } from '../../system/system.js';
import { quote } from '../../util/text.js';
import type { Configuration } from '../model.js';
import type { Located } from '../schema/value.js';
import { missingFolder } from './outputs.js';
import type { Draft, Findings, Rule } from './rule.js';

/** The folders of log files and backups are there. */
export const outputFoldersExist: Rule = (draft, findings) => {
  const { top, settings } = draft;
  check(draft, folderOfLog(settings.outputLog), top.output_log, findings);
  check(draft, folderOfLog(settings.errorLog), top.error_log, findings);
  const backups = settings.backups.kind === 'on' ? settings.backups.folder : undefined;
  check(draft, backups, top.backups?.value.folder, findings);
};

/** It is made when it is first needed; but a file in its place would stay in the way. */
export const stateFolderIsNoFile: Rule = ({ top, settings, places }, { defects }) => {
  const { kind } = places.look(settings.stateFolder);
  if (kind === 'absent' || kind === 'folder' || top.state_folder === undefined) return;
  const words = [`${quote(settings.stateFolder)} is not a folder`, 'name a folder'] as const;
  defects.addShared('told-by-run', top.state_folder.spot, words);
};

/** undefined while a placeholder is in it: which folder it is then depends on the time. */
function folderOfLog(log: string | undefined): string | undefined {
  const folder = log && dirname(log);
  return folder?.includes('{') ? undefined : folder;
}

function check(
  { places }: Draft,
  folder: string | undefined,
  written: Located<string> | undefined,
  { defects }: Findings,
): void {
  if (folder === undefined || written === undefined) return;
  const { kind } = places.look(folder);
  if (kind !== 'folder') defects.addShared('told-by-run', written.spot, missingFolder(folder, kind));
}

/**
 * Warns of files that somebody has sent to a folder with certificates or staples. Servers may read such a folder as a
 * whole: HAProxy takes every file for a certificate but hidden ones and those that end with .ocsp, .issuer, .sctl or .key.
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

function outputsOf({ backups, stateFolder, outputLog, errorLog }: Configuration): Output[] {
  const chosen = backups.kind === 'on' ? backups.folder : undefined;
  return [
    { key: 'backups.folder', folder: chosen },
    { key: 'state_folder', folder: stateFolder },
    { key: 'output_log', folder: outputLog && dirname(outputLog) },
    { key: 'error_log', folder: errorLog && dirname(errorLog) },
  ].filter((output): output is Output => output.folder !== undefined);
}

/** Those in which the paths are, and those in which the files behind their links are. */
function foldersOf(paths: readonly string[], realPathOf: (path: string) => string): string[] {
  return paths.flatMap((path) => [realPathOf(dirname(path)), dirname(realPathOf(path))]);
}

/** Each is looked up once. One that is not there stands for itself. */
function realPaths(files: Pick<Files, 'resolve'>): (path: string) => string {
  const known = new Map<string, string>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    let real = path;
    try {
      real = files.resolve(path);
    } catch {
      // Nothing can be said of what cannot be looked at.
    }
    known.set(path, real);
    return real;
  };
}
