import { say } from '../support/say.js';
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { acquireLock } from '../../../src/state/lock.js';
import { realTools } from '../support/tools.js';

/** Takes the lock again and again. While it is held, the witness file is there: a second holder cannot make it. */
interface Job {
  readonly folder: string;
  readonly witness: string;
  readonly times: number;
}

const { folder, witness, times } = JSON.parse(process.argv[2] ?? '') as Job;
const tools = realTools({ now: Date.now() });

for (let held = 0; held < times;) {
  const lock = await acquireLock(folder, tools);
  if (lock.kind === 'busy') {
    await turn();
    continue;
  }
  closeSync(openSync(witness, 'wx'));
  await turn();
  unlinkSync(witness);
  const problem = await lock.release();
  if (problem !== undefined) throw problem;
  held += 1;
  say('held');
}
