import type { ConfigurationFiles } from '../../../src/discovery/model.js';
import { matchPattern } from '../../../src/discovery/patterns.js';

/** The files of a server that exist only here. A path that ends with a slash is an empty folder. */
export function memoryFiles(texts: Readonly<Record<string, string>> = {}): ConfigurationFiles {
  const paths = Object.keys(texts);
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/';
  const byFolder = new Map<string, string[]>();
  for (const path of paths) byFolder.set(folderOf(path), [...(byFolder.get(folderOf(path)) ?? []), path]);
  return {
    read: (path) => texts[path],
    matching: (pattern) => matchPattern(pattern, byFolder),
    kindOf: (path) => {
      if (path in texts) return 'file';
      return paths.some((other) => other.startsWith(`${path.replace(/\/$/, '')}/`)) ? 'folder' : 'absent';
    },
    list: (folder) =>
      (byFolder.get(folder.replace(/\/$/, '')) ?? [])
        .map((path) => path.slice(path.lastIndexOf('/') + 1))
        .toSorted(),
  };
}
