import { basename, dirname, join } from 'node:path';
import type { Files } from '../system/system.js';
import { LIMITS } from '../util/limits.js';
import { componentMatcher, isPattern } from './patterns.js';
import type { ConfigurationFiles } from './model.js';

export type DiscoveryFiles = Pick<Files, 'read' | 'facts' | 'resolve' | 'entries'>;

/** Reads configurations of servers from the disk. What cannot be read is absent or empty: the caller says so. */
export function diskFiles(files: DiscoveryFiles): ConfigurationFiles {
  const list = (folder: string) => attempt(() => files.entries(folder).map(({ name }) => name)) ?? [];
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
    read: (path) => attempt(() => Buffer.from(files.read(path, LIMITS.serverFile)).toString('utf8')),
    matching: (pattern) =>
      foldersAt(dirname(pattern)).flatMap((folder) => matches(folder, basename(pattern))),
    kindOf,
    list,
  };
}

/** Returns the kind of a path, after following all links. */
export function kindAt(path: string, files: DiscoveryFiles): ReturnType<ConfigurationFiles['kindOf']> {
  try {
    const facts = files.facts(path);
    const target = facts?.kind === 'link' ? files.facts(files.resolve(path)) : facts;
    if (target === undefined) return 'absent';
    return target.kind === 'file' || target.kind === 'folder' ? target.kind : 'unreadable';
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
      ? 'absent'
      : 'unreadable';
  }
}

/** Returns undefined if a system call fails. */
export function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
