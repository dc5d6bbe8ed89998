import { join } from 'node:path';
import { temporaryPath } from './names.js';
import type { Tools } from './tools.js';

/** Makes or replaces a file of ours in one step. It outlives a power cut once the folder is synced. */
export async function replaceFile(folder: string, name: string, text: string, tools: Tools): Promise<void> {
  const { files } = tools;
  const temporary = temporaryPath(folder, name, tools);
  await files.create({ path: temporary, bytes: Buffer.from(text), mode: 0o644 });
  try {
    await files.rename(temporary, join(folder, name));
  } catch (error) {
    // What cannot be removed now is left over from a dead run for the next one.
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
}
