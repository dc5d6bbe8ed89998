import { expect, test } from 'vitest';
import { outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';

const pki = openTestPki();

/** A certificate that is done, two that the responder says nothing about, and two behind them. */
function setUp(keys: Readonly<Record<string, unknown>>): Workspace {
  const workspace = makeWorkspace(pki);
  workspace.add('done.example', { entry: { services: ['web'] } });
  const waiting = [workspace.add('first.example', { staple: 'due' }), workspace.add('second.example')];
  for (const { certificate } of waiting) pki.responder.set('stall', certificate);
  workspace.add('left.example');
  workspace.add('fresh.example', { staple: 'fresh' });
  workspace.configure({ services: { mail: {}, web: {} }, parallel_threads: 2, ...keys });
  return workspace;
}

test('when the time of the run is over, what is done is done, and all else is told', async () => {
  const workspace = setUp({ run_timeout: '12s' });
  const report = reportOf(await workspace.run('--json'));
  expect(outcomesOf(report)).toEqual({
    'done.example': 'updated absent',
    'first.example': 'deferred run-timeout',
    'second.example': 'failed run-timeout',
    'fresh.example': 'unchanged fresh',
  });
  expect(report).toMatchObject({
    status: 32 + 4,
    needs_person: true,
    reload: ['web'],
    not_reached: ['left.example'],
    stopped: 'run-timeout',
  });
  expect(workspace.staple('done.example')).toBeDefined();
  expect(workspace.staple('left.example')).toBeUndefined();
});

test('people are told whose turn it was not', async () => {
  const { status, stdout, stderr } = await setUp({ run_timeout: '12s' }).run();
  expect(status).toBe(36);
  expect(stderr).toMatch(
    /^error: the time of the run, 12 seconds, is over; not looked at: left\.example\n {2}hint: see which/m,
  );
  expect(stderr).toMatch(
    /^warning: first\.example: deferred: GET \S+: the time of the run, 12 seconds, is over; the staple in place is good/m,
  );
  expect(stdout).toMatch(
    /^4 certificates: 1 updated, 1 unchanged, 1 deferred \(run-timeout at \S+\), 1 failed \(run-timeout at \S+\), 1 not looked at \(run-timeout\); to reload: web; status 36 \(needs attention: 1 failed, 1 not looked at\)$/m,
  );
});

test('a certificate that was not looked at needs a person, though the others are well', async () => {
  const workspace = makeWorkspace(pki);
  const { certificate } = workspace.add('first.example', { staple: 'due' });
  workspace.add('left.example', { staple: 'due' });
  pki.responder.set('stall', certificate);
  workspace.configure({ run_timeout: '5s', parallel_threads: 1 });
  const report = reportOf(await workspace.run('--json'));
  expect(report).toMatchObject({ status: 32, needs_person: true, not_reached: ['left.example'], reload: [] });
});

test('reloads take place all the same', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('done.example');
  const { certificate } = workspace.add('first.example', { staple: 'due', entry: { services: ['mail'] } });
  workspace.add('mail.example', { entry: { services: ['mail'] } });
  pki.responder.set('stall', certificate);
  const services = { web: {}, mail: { reload: ['touch', 'reloaded'] } };
  workspace.configure({ services, parallel_threads: 2, run_timeout: '12s', run_reloads: true });
  const report = reportOf(await workspace.run('--json'));
  expect(report.reloads).toEqual([{ service: 'mail', outcome: 'reloaded' }]);
  expect(report).toMatchObject({ stopped: 'run-timeout', not_reached: [], status: 2 });
  expect(workspace.sandbox.exists('reloaded')).toBe(true);
});

test('a run in time is not stopped, and does not wait for its end', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('example.com');
  workspace.configure({ run_timeout: '1d' });
  const report = reportOf(await workspace.run('--json'));
  expect(report).toMatchObject({ status: 2, not_reached: [] });
  expect(report).not.toHaveProperty('stopped');
});
