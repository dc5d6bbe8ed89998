import { execa } from 'execa';
import { expect, test } from 'vitest';
import { openTestPki } from './support/test-pki.js';
import { makeWorkspace } from './support/workspace.js';
import { PROGRAM } from '../support/run.js';

const pki = openTestPki();

/** Runs the program with its standard output on a disk that is full. */
async function runFull(...args: string[]): Promise<{ status: number | undefined; stderr: string }> {
  const workspace = makeWorkspace(pki);
  workspace.add('example.com', { staple: 'due' });
  workspace.configure();
  const command = ['-c', 'exec "$@" > /dev/full', 'sh', process.execPath, PROGRAM, ...args];
  const { exitCode, stderr } = await execa('sh', command, { cwd: workspace.sandbox.folder, reject: false });
  return { status: exitCode, stderr };
}

test.each([
  ['discover', '.'],
  ['status', 'ocspbot.yaml'],
  ['explain', 'example.com', 'ocspbot.yaml'],
  ['validate', 'ocspbot.yaml', '--json'],
  ['help'],
])('an answer that is cut off is no success: %s', async (...args) => {
  const { status, stderr } = await runFull(...args);
  expect(status).toBe(73);
  expect(stderr).toMatch(
    /^error: the output cannot be written: .*ENOSPC.*\n {2}hint: what was written is incomplete/m,
  );
});

test('check is not OK', async () => {
  expect(await runFull('check', 'ocspbot.yaml')).toMatchObject({ status: 3 });
});

test('a run says by its status all the same which services to reload', async () => {
  expect(await runFull('ocspbot.yaml')).toMatchObject({ status: 2 });
});
