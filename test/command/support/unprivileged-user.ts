import { chownSync } from 'node:fs';
import { NOBODY } from '../../installation/support/child.js';
import { copyForAllUsers, type Run } from '../../support/run.js';
import { startOcspbot } from './child.js';
import type { Workspace } from './workspace.js';

/** Runs the program as an unprivileged user who may read everything and write to these folders. */
export function forUnprivilegedUser(
  { sandbox }: Pick<Workspace, 'sandbox'>,
  folders: readonly string[] = [],
  cwd = sandbox.folder,
): Record<'run' | 'runCommand', (...args: readonly string[]) => Promise<Run>> {
  const program = copyForAllUsers(sandbox.folder);
  for (const folder of folders) chownSync(sandbox.path(folder), NOBODY.uid, NOBODY.gid);
  const options = { cwd, user: NOBODY, program };
  const runCommand = (...args: readonly string[]) => startOcspbot(args, options).end();
  return { run: (...args) => runCommand('ocspbot.yaml', ...args), runCommand };
}
