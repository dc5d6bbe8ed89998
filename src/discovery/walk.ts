import { join } from 'node:path';
import { LIMITS } from '../util/limits.js';
import { quote } from '../util/text.js';
import { orUndefined, type DiscoveryFiles, isUndecodable, targetKind } from './files.js';
import type { Remark } from './model.js';
import { Omissions } from './omissions.js';

export interface Walked {
  readonly path: string;
  /** The user has named this very file. */
  readonly isNamed: boolean;
}

/** Folders without certificates of servers: those of the kernel, and the histories of version control. */
const LEFT_OUT = /^\/(?:proc|sys|dev)(?:\/|$)|\/\.git$/;

/**
 * Lists the files in and below a folder. Links are followed, and each folder is visited once, so that loops end. Depth
 * and number of the names are bounded.
 */
export function walk(root: string, files: DiscoveryFiles): { files: Walked[]; remarks: Remark[] } {
  const found: Walked[] = [];
  const omissions = new Omissions();
  const visited = new Set<string>();
  const waiting = [{ folder: root, depth: 0 }];
  let count = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { folder, depth } = next;
    const real = orUndefined(() => files.resolve(folder)) ?? folder;
    if (visited.has(real) || LEFT_OUT.test(real)) continue;
    visited.add(real);
    const entries = orUndefined(() => files.entries(folder));
    count += entries?.length ?? 0;
    if (count > LIMITS.namesWalked) return { files: found, remarks: [...omissions.remarks(), tooMany(root)] };
    if (entries === undefined) omissions.add('unreadable folder', folder);
    for (const { name, kind } of entries ?? []) {
      const path = join(folder, name);
      const target = isUndecodable(path, files)
        ? 'not UTF-8'
        : kind === 'link'
          ? targetKind(path, files)
          : kind;
      if (target === 'not UTF-8') omissions.add('not UTF-8', path);
      else if (target === 'absent') omissions.add('lost link', path);
      else if (target === 'file' || target === 'unreadable') found.push({ path, isNamed: false });
      else if (target === 'folder' && depth >= LIMITS.folderDepth) omissions.add('too deep', path);
      else if (target === 'folder') waiting.push({ folder: path, depth: depth + 1 });
    }
  }
  return { files: found, remarks: omissions.remarks() };
}

function tooMany(root: string): Remark {
  return {
    text: `${quote(root)} has more than ${LIMITS.namesWalked} files and folders: the rest was left out`,
    hint: 'name the folders of the certificates',
  };
}
