import { join } from 'node:path';
import { temporaryPath } from './names.js';
import type { Tools } from './tools.js';

/** Makes or replaces one of our own files in one step. It survives a power cut when its folder is synced. */
export async function replaceFile(folder: string, name: string, text: string, tools: Tools): Promise<void> {
  const { files } = tools;
  const temporary = temporaryPath(folder, name, tools);
  await files.create({ path: temporary, bytes: Buffer.from(text), mode: 0o644 });
  try {
    await files.rename(temporary, join(folder, name));
  } catch (error) {
    // A file that cannot be removed now is a stale one for the next run.
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
}
