import { basename, dirname, join } from 'node:path';
import type { FileFacts, Files } from '../system/system.js';
import { errno } from '../storage/errors.js';
import { followLinks } from '../storage/links.js';
import { LIMITS } from '../util/limits.js';
import { quote } from '../util/text.js';
import { componentMatcher, isPattern } from './patterns.js';
import { AS_ROOT, type ConfigurationFiles, type PathKind, type Remark } from './model.js';

export type DiscoveryFiles = Pick<Files, 'read' | 'facts' | 'resolve' | 'readLink' | 'entries'>;

/**
 * Reads configurations of servers from the disk. A file that cannot be read is absent: the caller says so, because it
 * knows the line that names the file. Folders that cannot be listed, and names that cannot be used, are said in `remarks`.
 */
export function diskFiles(files: DiscoveryFiles, remarks: Remark[]): ConfigurationFiles {
  const listed = new Map<string, readonly string[]>();
  const list = (folder: string) => {
    const names = listed.get(folder) ?? listFolder(folder, files, remarks);
    listed.set(folder, names);
    return names;
  };
  const kindOf = (path: string) => kindAt(path, files);
  const foldersAt = (pattern: string): string[] => {
    if (!isPattern(pattern)) return [pattern];
    return foldersAt(dirname(pattern)).flatMap((folder) => matches(folder, basename(pattern)));
  };
  const matches = (folder: string, pattern: string): string[] => {
    if (!isPattern(pattern)) return kindOf(join(folder, pattern)) === 'absent' ? [] : [join(folder, pattern)];
    return list(folder)
      .filter(componentMatcher(pattern))
      .map((name) => join(folder, name));
  };
  return {
    read: (path) => orUndefined(() => Buffer.from(files.read(path, LIMITS.serverFile)).toString('utf8')),
    matching: (pattern) =>
      foldersAt(dirname(pattern)).flatMap((folder) => matches(folder, basename(pattern))),
    kindOf,
    list,
  };
}

function listFolder(folder: string, files: DiscoveryFiles, remarks: Remark[]): string[] {
  const entries = orUndefined(() => files.entries(folder));
  if (entries === undefined && kindAt(folder, files) !== 'absent')
    remarks.push({ text: `the folder ${quote(folder)} cannot be read`, hint: AS_ROOT });
  const names = (entries ?? []).map(({ name }) => name);
  return names.filter((name) => {
    if (!isUndecodable(join(folder, name), files)) return true;
    remarks.push({ text: `${quote(join(folder, name))} cannot be opened: ${NOT_UTF8}`, hint: RENAME });
    return false;
  });
}

export const NOT_UTF8 = 'its name is not UTF-8';
export const RENAME = 'rename it, also where the configuration of a server names it';

/** Reports whether a name of the disk is not UTF-8: Node.js reads it with replacement characters, which no file has. */
export function isUndecodable(path: string, files: DiscoveryFiles): boolean {
  return path.includes('\ufffd') && orUndefined(() => files.facts(path)) === undefined;
}

/** Returns the kind of a path, after following all links. Devices, sockets and pipes cannot be read. */
export function kindAt(path: string, files: DiscoveryFiles): PathKind {
  const kind = targetKind(path, files);
  return kind === 'file' || kind === 'folder' || kind === 'absent' ? kind : 'unreadable';
}

/** Returns the kind of a path, after following all links. */
export function targetKind(path: string, files: DiscoveryFiles): FileFacts['kind'] | 'absent' | 'unreadable' {
  try {
    const facts = files.facts(path);
    if (facts?.kind !== 'link') return facts?.kind ?? 'absent';
    const real = files.resolve(path);
    // A link may lead to a name that is not UTF-8, and can be used all the same.
    if (isUndecodable(real, files)) return files.facts(`${path}/.`)?.kind ?? 'file';
    return files.facts(real)?.kind ?? 'absent';
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errno(error) ?? '') ? 'absent' : 'unreadable';
  }
}

/** Returns the path of a file without links. The file may be missing, also behind a link. */
export function realFile(path: string, files: DiscoveryFiles): string {
  const way = orUndefined(() => followLinks(path, files));
  return way?.kind === 'found' ? way.path : path;
}

/** Returns undefined if a system call fails, or was not made because its path has a zero byte. */
export function orUndefined<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (errno(error) !== undefined || isOfZeroByte(error)) return undefined;
    throw error;
  }
}

/** Node.js refuses a path with a zero byte itself. A damaged configuration of a server may name one. */
function isOfZeroByte(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_INVALID_ARG_VALUE';
}
