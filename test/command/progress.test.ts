import { execa } from 'execa';
import { expect, test } from 'vitest';
import { requireProgram } from '../support/require.js';
import { COMMAND } from '../support/run.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';

const pki = openTestPki();

/** Prepares three certificates with slow responses. */
function makeSlow(): Workspace {
  const workspace = makeWorkspace(pki);
  for (const name of ['a.example', 'b.example', 'c.example']) {
    pki.responder.set('stall', workspace.add(name, { staple: 'due' }).certificate);
  }
  workspace.configure({ parallel_threads: 1, http: { timeout: '1s', attempts: 1 } });
  return workspace;
}

/** `script` gives it a terminal; what it shows there. */
async function onTerminal({ sandbox }: Workspace, ...args: readonly string[]): Promise<string> {
  const command = `${COMMAND} ocspbot.yaml ${args.join(' ')}`;
  const { stdout } = await execa('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: sandbox.folder,
    reject: false,
    stdin: 'ignore',
  });
  return stdout;
}

test('on a terminal a line tells how far it is, and goes away', async (context) => {
  requireProgram('script', 'bsdutils', context);
  const shown = await onTerminal(makeSlow());
  expect(shown).toContain('\r\u001B[K1 of 3 certificates\r\u001B[K');
  expect(shown).toContain('\r\u001B[K3 of 3 certificates\r\u001B[Kwarning: a.example: ');
  expect(shown).toMatch(/^3 certificates: 3 deferred/m);
});

test('not with --quiet', async (context) => {
  requireProgram('script', 'bsdutils', context);
  expect(await onTerminal(makeSlow(), '--quiet')).not.toContain('of 3 certificates');
});

test('nor where there is no terminal', async () => {
  const run = await makeSlow().run();
  expect(run.stdout + run.stderr).not.toContain('of 3 certificates');
});
