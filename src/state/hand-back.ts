import { encodeDebt } from '../installation/debt-files.js';
import { attempt } from '../installation/failure.js';
import { handedBackName } from '../installation/names.js';
import { replaceFile } from '../installation/replace-file.js';
import { openStateFolder } from '../installation/state-folder.js';
import type { Tools } from '../installation/tools.js';
import { noteOrigin } from './note-origin.js';
import type { OwnState } from './own-folder.js';

/**
 * Notes that a caller could not reload these services: the next run that begins asks for them. It needs no lock, and may
 * come at any time (see ReloadDebt).
 *
 * @throws OcspbotError of a folder that cannot be written to
 */
export async function handBack(ownState: OwnState, services: readonly string[], tools: Tools): Promise<void> {
  const folder = await openStateFolder(ownState.folder, tools);
  await noteOrigin(ownState, tools);
  const consequence = 'the next run does not ask for these reloads: see to them by hand';
  await attempt(`note in ${folder} which services to reload`, consequence, async () => {
    await replaceFile(folder, handedBackName(tools.randomBytes(8)), encodeDebt(services), tools);
    await tools.files.syncFolder(folder);
  });
}
