import { dirname } from 'node:path';
import { quote } from '../../text/visible.js';
import type { Located } from '../kinds/kind.js';
import type { Draft, Findings, Rule } from './rule.js';
import { missingFolder } from './targets.js';

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
