import { say } from '../support/say.js';
import { acquireLock } from '../../../src/state/lock.js';
import { realTools } from '../support/tools.js';

/** Takes the lock, says so, and keeps it until it is killed. */
const { folder } = JSON.parse(process.argv[2] ?? '') as { readonly folder: string };
const lock = await acquireLock(folder, realTools({ now: Date.now() }));
say(lock.kind);
process.stdin.resume();
