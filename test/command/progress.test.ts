import { execa } from 'execa';
import { expect, test } from 'vitest';
import { requireProgram } from '../support/require.js';
import { PROGRAM } from '../support/run.js';
import { makeSetting, type Setting } from './support/setting.js';
import { openStage } from './support/stage.js';

const stage = openStage();

/** Three certificates whose answers take their time. */
function makeSlow(): Setting {
  const setting = makeSetting(stage);
  for (const name of ['a.example', 'b.example', 'c.example']) {
    stage.responder.set('stall', setting.add(name, { staple: 'due' }).certificate);
  }
  setting.configure({ parallel_threads: 1, http: { timeout: '1s', attempts: 1 } });
  return setting;
}

/** `script` gives it a terminal; what it shows there. */
async function onTerminal({ sandbox }: Setting, ...args: readonly string[]): Promise<string> {
  const command = [process.execPath, PROGRAM, 'ocspbot.yaml', ...args].join(' ');
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

test('not with --quiet, nor for a run that is soon over', async (context) => {
  requireProgram('script', 'bsdutils', context);
  expect(await onTerminal(makeSlow(), '--quiet')).not.toContain('of 3 certificates');
  const setting = makeSetting(stage);
  setting.add('example.com', { staple: 'fresh' });
  setting.configure();
  expect(await onTerminal(setting)).not.toContain('\u001B');
});

test('nor where there is no terminal', async () => {
  const run = await makeSlow().run();
  expect(run.stdout + run.stderr).not.toContain('of 3 certificates');
});
