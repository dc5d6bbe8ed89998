import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { onFirst, startCluster, startRun } from './support/cluster.js';

const pki = openTestPki();

test('a snapshot of the heap after the parse has no private key in it', async () => {
  const cluster = await startCluster(pki);
  cluster.secret('a');
  let release = (): void => undefined;
  const hasCome = onFirst('patch', (response) => (release = () => response.destroy()), cluster);
  const folder = cluster.sandbox.path('heap');
  cluster.sandbox.write('heap/.keep', '');
  const running = startRun(cluster, '--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${folder}`);
  await hasCome;
  running.kill('SIGUSR2');
  const snapshots = () => cluster.sandbox.list('heap').filter((name) => name.endsWith('.heapsnapshot'));
  while (snapshots().length === 0) await setTimeout(20);
  release();
  expect(await running).toMatchObject({ exitCode: 0 });
  // Texts of the process are in it: the name of the Secret, and the token.
  const heap = readFileSync(cluster.sandbox.path(`heap/${snapshots()[0]}`), 'latin1');
  expect([heap.includes('gateways/a'), heap.includes('token-1')]).toEqual([true, true]);
  expect(cluster.leaks()).toEqual([]);
});
