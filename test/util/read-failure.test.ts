import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeFiles } from '../../src/system/files.js';
import { readFailure } from '../../src/util/read-failure.js';
import { makeSandbox } from '../support/sandbox.js';
import { systemError } from '../support/system-error.js';

const sandbox = makeSandbox();
const server = createServer();

beforeAll(async () => {
  execFileSync('mkfifo', [sandbox.path('pipe')]);
  mkdirSync(sandbox.path('folder'));
  symlinkSync('circle', sandbox.path('circle'));
  symlinkSync('nowhere', sandbox.path('dangling'));
  sandbox.write('file', 'more than ten bytes');
  server.listen(sandbox.path('socket'));
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
  sandbox.dispose();
});

test.each([
  ['absent', 'does not exist'],
  ['dangling', 'does not exist'],
  ['file/below', 'does not exist'],
  ['folder', 'is a folder'],
  ['pipe', 'is not a regular file'],
  ['socket', 'is not a regular file'],
  ['circle', 'is a link that leads in a circle'],
  ['x'.repeat(300), 'is too long for the name of a file'],
  ['file', 'is far too large'],
])('%s: %s', (name, problem) => {
  let failure: unknown;
  try {
    nodeFiles.read(sandbox.path(name), 10);
  } catch (error) {
    failure = error;
  }
  expect(readFailure(failure)).toEqual({ problem, hint: expect.stringMatching(/./) as string });
});

test.each([
  ['EACCES', 'cannot be read: permission denied'],
  ['EIO', 'cannot be read (EIO)'],
  ['Unknown system error -116', 'cannot be read (ESTALE)'],
  ['EMFILE', 'cannot be read now: there are too many open files'],
])('%s: %s', (code, problem) => {
  expect(readFailure(systemError(code)).problem).toBe(problem);
});
