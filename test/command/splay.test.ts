import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { requireProgram, requireRoot } from '../support/require.js';
import { PROGRAM } from '../support/run.js';
import { startOcspbot, until } from './support/child.js';
import { makeWorkspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';

const pki = openTestPki();

test('a signal ends the wait at once, before anything was looked at or locked', async () => {
  const workspace = makeWorkspace(pki);
  const { certificate } = workspace.add('a.example');
  workspace.configure();
  const before = workspace.sandbox.snapshot();
  const child = startOcspbot(['ocspbot.yaml', '--splay', '1d', '--verbose'], {
    cwd: workspace.sandbox.folder,
  });
  const ended = child.end();
  await until(() => child.output().stdout.includes('waiting'));
  process.kill(child.pid, 'SIGTERM');
  const { signal, stdout, stderr } = await ended;
  expect(signal).toBe('SIGTERM');
  expect(stdout).toMatch(/^note: waiting .+ \(--splay\)\n$/);
  expect(stderr).toBe('');
  expect(workspace.sandbox.snapshot()).toEqual(before);
  expect(pki.requestsFor(certificate)).toEqual([]);
});

test.for([
  ['SIGTERM', 128 + 15],
  ['SIGINT', 128 + 2],
] as const)(
  '%s also ends the wait of the first process of a container',
  async ([signal, status], context) => {
    requireRoot(context);
    requireProgram('unshare', 'util-linux', context);
    const { sandbox } = makeWorkspace(pki);
    sandbox.write('ocspbot.yaml', 'domains: {}\n');
    const namespace = ['--pid', '--fork', '--kill-child'];
    const command = [process.execPath, PROGRAM, 'ocspbot.yaml', '--splay', '1d', '--verbose'];
    const unshare = spawn('unshare', [...namespace, ...command], { cwd: sandbox.folder });
    onTestFinished(() => void unshare.kill('SIGKILL'));
    const ended = once(unshare, 'exit');
    await once(unshare.stdout, 'data');
    const children = readFileSync(`/proc/${unshare.pid}/task/${unshare.pid}/children`, 'utf8');
    process.kill(Number(children), signal);
    expect(await ended).toEqual([status, null]);
  },
);

test('then the run is as always', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example');
  workspace.configure();
  const { status, stdout } = await workspace.run('--splay', '1s');
  expect(status).toBe(2);
  expect(stdout).toMatch(/^a\.example +updated /);
});

test.each([
  ['soon', /^error: --splay soon is not a duration like 10m/],
  ['25h', /^error: --splay 25h is more than 1 day$/m],
])('--splay %s', async (splay, said) => {
  const { status, stderr } = await makeWorkspace(pki).runCommand('refresh', '--splay', splay);
  expect(status).toBe(64);
  expect(stderr).toMatch(said);
});
