import { dirname } from 'node:path';
import type { Files } from '../system/interfaces/files.js';
import { quote } from '../text/visible.js';
import type { Configuration } from './model.js';

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
