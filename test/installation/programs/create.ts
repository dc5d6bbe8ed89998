import { say } from '../support/say.js';
import { lstatSync } from 'node:fs';
import type { NewFile } from '../../../src/system/system.js';
import { nodeFiles } from '../../../src/system/files.js';

/** Makes a file, and prints its owner, or the code of the error. */
const job = JSON.parse(process.argv[2] ?? '') as Omit<NewFile, 'bytes'>;
try {
  await nodeFiles.create({ ...job, bytes: Buffer.from('content') });
  const { uid, gid } = lstatSync(job.path);
  say(`${uid}:${gid}`);
} catch (error) {
  say((error as NodeJS.ErrnoException).code);
}
