import { expect, test } from 'vitest';
import { startOcspbot, until } from './support/child.js';
import { makeSetting } from './support/setting.js';
import { openStage } from './support/stage.js';

const stage = openStage();

test('a signal ends the wait at once, before anything was looked at or locked', async () => {
  const setting = makeSetting(stage);
  const { certificate } = setting.add('a.example');
  setting.configure();
  const before = setting.sandbox.snapshot();
  const child = startOcspbot(['ocspbot.yaml', '--splay', '1d', '--verbose'], { cwd: setting.sandbox.folder });
  const ended = child.end();
  await until(() => child.output().stdout.includes('waiting'));
  process.kill(child.pid, 'SIGTERM');
  const { signal, stdout, stderr } = await ended;
  expect(signal).toBe('SIGTERM');
  expect(stdout).toMatch(/^note: waiting .+ \(--splay\)\n$/);
  expect(stderr).toBe('');
  expect(setting.sandbox.snapshot()).toEqual(before);
  expect(stage.requestsFor(certificate)).toEqual([]);
});

test('then the run is as always', async () => {
  const setting = makeSetting(stage);
  setting.add('a.example');
  setting.configure();
  const { status, stdout } = await setting.run('--splay', '1s');
  expect(status).toBe(2);
  expect(stdout).toMatch(/^a\.example +updated /);
});

test.each([
  ['soon', /^error: --splay soon is no duration like 10m/],
  ['25h', /^error: --splay 25h is more than 1 day$/m],
])('--splay %s', async (splay, said) => {
  const { status, stderr } = await makeSetting(stage).runCommand('refresh', '--splay', splay);
  expect(status).toBe(64);
  expect(stderr).toMatch(said);
});
