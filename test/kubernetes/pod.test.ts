import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { requireRoot } from '../support/require.js';
import { copyForAllUsers } from '../support/run.js';
import type { Answer, OddAnswer } from './support/api-server.js';
import { type Cluster, onFirst, startCluster, startRun, STAPLE } from './support/cluster.js';

const pki = openTestPki();
const NEVER: OddAnswer = () => undefined;

describe('SIGTERM, as when a Job is deleted, ends the run at once, and the next one does the rest', () => {
  test.each<[string, string, Answer]>([
    ['in a list', 'list', NEVER],
    ['in a patch', 'patch', NEVER],
    ['in a pause', 'list', { code: 429, reason: 'Busy', message: 'wait', headers: { 'Retry-After': '30' } }],
  ])('%s', async (_, verb, answer) => {
    const cluster = await startCluster(pki);
    cluster.secret('a');
    const hasCome = onFirst(verb, answer, cluster);
    const running = startRun(cluster);
    await hasCome;
    running.kill('SIGTERM');
    const { exitCode, stderr } = await running;
    expect([exitCode, stderr]).toEqual([32, expect.stringContaining('interrupted by SIGTERM')]);
    expect(cluster.api.secret('a').data).not.toHaveProperty([STAPLE]);
    expect(await cluster.run('--exit', 'simple')).toMatchObject({ status: 0, stderr: '' });
    expect(cluster.api.secret('a').data).toHaveProperty([STAPLE]);
  });
});

/** Runs as the CronJob does: another user, no capabilities, a read-only root; `state` is the volume, if there is one. */
async function runInPod({ sandbox, env }: Cluster, program: string, hasVolume: boolean) {
  const [folder, state] = [sandbox.folder, sandbox.path('state')];
  const user = 'setpriv --reuid 65532 --regid 65532 --clear-groups --inh-caps=-all --no-new-privs';
  const script = `set -e
    mount --make-rprivate /
    mount --bind ${folder} ${folder}
    mount -o remount,bind,ro ${folder}
    ${hasVolume ? `mount -t tmpfs -o mode=2777,gid=65532,size=64m tmpfs ${state}` : ''}
    cd ${folder}
    exec ${user} ${process.execPath} ${program} ocspbot.yaml --exit simple`;
  return execa('unshare', ['--mount', 'sh', '-c', script], { env: { ...env, TZ: 'UTC' }, reject: false });
}

test('as the pod of the examples: another user, and a root file system that is read-only', async (context) => {
  requireRoot(context);
  const cluster = await startCluster(pki);
  cluster.secret('a');
  cluster.sandbox.write('state/.keep', '');
  const program = copyForAllUsers(cluster.sandbox.folder);
  expect(await runInPod(cluster, program, true)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(cluster.api.secret('a').data).toHaveProperty([STAPLE]);
  const without = await runInPod(cluster, program, false);
  expect([without.exitCode, without.stderr]).toEqual([
    73,
    expect.stringMatching(/cannot make the state folder .*\n.*mount that file system writable/),
  ]);
});
