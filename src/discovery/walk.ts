import { join } from 'node:path';
import { LIMITS } from '../util/limits.js';
import { quote } from '../util/text.js';
import { attempt, type DiscoveryFiles } from './files.js';
import type { Remark } from './model.js';

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
  const remarks: Remark[] = [];
  const visited = new Set<string>();
  const waiting = [{ folder: root, depth: 0 }];
  let count = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { folder, depth } = next;
    const real = attempt(() => files.resolve(folder)) ?? folder;
    if (visited.has(real) || LEFT_OUT.test(real)) continue;
    visited.add(real);
    const entries = attempt(() => files.entries(folder));
    if (entries === undefined) {
      remarks.push({
        text: `the folder ${quote(folder)} cannot be read`,
        hint: 'run ocspbot discover as root',
      });
      continue;
    }
    count += entries.length;
    if (count > LIMITS.namesWalked) {
      remarks.push({
        text: `${quote(root)} has more than ${LIMITS.namesWalked} files and folders: the rest was left out`,
        hint: 'name the folders of the certificates',
      });
      break;
    }
    for (const { name, kind } of entries) {
      const path = join(folder, name);
      const target = kind === 'link' ? attempt(() => files.facts(files.resolve(path)))?.kind : kind;
      if (target === 'file') found.push({ path, isNamed: false });
      if (target === 'folder' && depth < LIMITS.folderDepth) waiting.push({ folder: path, depth: depth + 1 });
    }
  }
  return { files: found, remarks };
}
