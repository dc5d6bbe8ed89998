import { sep, dirname } from 'node:path';
import { shownCommand, quote } from '../../util/text.js';
import type { Candidate } from '../candidates.js';
import type { MessageAndHint } from '../defects.js';
import { type PathTarget, unreachable } from '../file-lookup.js';
import { hintForShellPath } from '../written-path.js';
import type { SourceRange } from '../yaml/source.js';
import type { Rule, Draft } from './rule.js';
import { TOO_LONG } from './target-faults.js';

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
