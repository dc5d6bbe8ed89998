import { join } from 'node:path';
import { attempt } from '../installation/failure.js';
import { replaceFile } from '../installation/replace-file.js';
import type { Tools } from '../installation/tools.js';
import { encodeOrigin, ORIGIN_FILE } from './origin.js';
import { readOrigin, type OwnState } from './own-folder.js';

/** Notes in a configuration's own folder whose it is, for people and for whoever takes over what it owes. */
export async function noteOrigin({ folder, origin }: OwnState, tools: Tools): Promise<void> {
  if (origin === undefined) return;
  const noted = readOrigin(folder, tools.files);
  if (noted?.path === origin.path && noted.realPath === origin.realPath) return;
  const path = join(folder, ORIGIN_FILE);
  await attempt(`note in ${path} which configuration it is of`, 'nothing was changed', () =>
    replaceFile(folder, ORIGIN_FILE, encodeOrigin(origin), tools),
  );
}
