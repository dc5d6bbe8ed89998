import { expect, test } from 'vitest';
import { openHistoryStore } from '../../src/client/history-file.js';
import { readOutbox, writeOutbox } from '../../src/notification/outbox.js';
import { addAttempts, readAttempts } from '../../src/state/attempts.js';
import type { Tools } from '../../src/storage/tools.js';
import { NOW, realTools } from '../installation/support/tools.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { systemError } from '../support/system-error.js';

const attempt = { serial: '7f', at: NOW, outcome: 'deferred', reason: 'timeout' };
const NEWS = {
  certificates: new Map([['b.example', attempt]]),
  responders: new Map(),
  days: new Map(),
  reloads: new Map(),
};

/** Writes something to each file of records in the state folder. */
const WRITERS: Readonly<Record<string, (folder: string, tools: Tools) => Promise<readonly string[]>>> = {
  'attempts.json': (folder, tools) => addAttempts(folder, NEWS, tools),
  'responders.json': (folder, tools) => {
    const store = openHistoryStore(folder, { ...tools, dryRun: false });
    store.history().failed('00ff', 'timeout');
    return store.save();
  },
  'notifications.json': (folder, tools) => writeOutbox(folder, readOutbox(folder, tools), tools),
};

/** Returns tools for which a read of any file fails now. */
function failing(code: string): Tools {
  const error = systemError(code);
  const { files, ...tools } = realTools();
  const snapshot = () => {
    throw error;
  };
  return { ...tools, files: { ...files, snapshot } };
}

const PASSING = ['EMFILE', 'ENFILE', 'EIO', 'EACCES', 'ENOMEM', 'EINTR', 'Unknown system error -116'];
const ROWS = Object.keys(WRITERS).flatMap((name) => PASSING.map((code) => [name, code] as const));

test.each(ROWS)('%s that cannot be read now (%s) stays as it is', async (name, code) => {
  const sandbox = makeSandbox();
  await write(name, sandbox, realTools());
  const before = sandbox.snapshot();
  await expect(write(name, sandbox, failing(code))).rejects.toMatchObject({
    code: 'file-unreadable',
    message: expect.stringMatching(/^\S+\.json cannot be read.*, so it stays as it is$/) as string,
    hint: expect.stringMatching(/./) as string,
  });
  expect(sandbox.snapshot()).toEqual(before);
  expect(await write(name, sandbox, realTools())).toEqual([]);
});

test('the records of a file that cannot be read now are there when it can', async () => {
  const sandbox = makeSandbox();
  await write('attempts.json', sandbox, realTools());
  const news = { ...NEWS, certificates: new Map([['c.example', attempt]]) };
  await addAttempts(sandbox.folder, news, failing('EMFILE')).catch(() => undefined);
  expect(readAttempts(sandbox.folder, failing('EMFILE')).certificates.size).toBe(0);
  await addAttempts(sandbox.folder, news, realTools());
  const { certificates } = readAttempts(sandbox.folder, realTools());
  expect([...certificates.keys()].toSorted()).toEqual(['b.example', 'c.example']);
});

function write(name: string, { folder }: Sandbox, tools: Tools): Promise<readonly string[]> {
  return (WRITERS[name] as (typeof WRITERS)[string])(folder, tools);
}
