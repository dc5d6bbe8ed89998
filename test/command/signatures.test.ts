import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runOcspbot } from '../support/run.js';
import { makeAnswer, type AnswerName } from './support/answers.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import type { StapleName } from './support/staples.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR, MINUTE } from './support/times.js';

const pki = openTestPki();
const COUNTER = join(import.meta.dirname, 'support/count-signatures.cjs');

/** Two of each run: certificate by issuer, and issuer by root. */
const CHAIN = 2;

/** Counts the signatures that a run verifies, except those of the chain. */
async function count({ sandbox }: Workspace, ...args: string[]): Promise<number> {
  const env = { NODE_OPTIONS: `--require "${COUNTER}"`, SIGNATURE_COUNT: sandbox.path('count') };
  await runOcspbot(args, { cwd: sandbox.folder, env });
  return Number(sandbox.text('count')) - CHAIN;
}

test.each<[StapleName, AnswerName, string, number]>([
  ['fresh', 'good', 'the staple in place', 1],
  ['missing', 'good', 'the answer, once', 1],
  ['due', 'good', 'the staple in place, and the answer once', 2],
  ['corrupt', 'good', 'the staple in place, and the answer once', 2],
  ['due', 'the same octets', 'the staple in place, which is the answer, too', 1],
  ['critical', 'the same octets', 'the staple in place, also where it is asked for in three ways', 1],
  ['expired', 'the same octets', 'the staple in place, also where it is of no use', 1],
])('a run over a staple that is %s, with the answer "%s", verifies %s', async (staple, answer, _, number) => {
  const workspace = makeWorkspace(pki);
  const { certificate, file } = workspace.add('a.example', { staple });
  const installed = workspace.sandbox.exists(file) ? workspace.sandbox.read(file) : undefined;
  pki.responder.set(makeAnswer(answer, staple, { pki, certificate, installed }), certificate);
  workspace.configure();
  expect(await count(workspace, 'ocspbot.yaml')).toBe(number);
});

test('a run that publishes metrics, a page and responses verifies no staple again that it keeps, or that waits', async () => {
  const workspace = makeWorkspace(pki);
  const { certificate } = workspace.add('a.example', { staple: 'due' });
  pki.responder.set({ kind: 'http', status: 500 }, certificate);
  workspace.add('b.example', { staple: 'fresh' });
  const files = { metrics_file: 'm.prom', html_file: 'p.html', publish_folder: 'published' };
  workspace.sandbox.write('published/.keep', '');
  workspace.configure({ ...files, http: { attempts: 1 } });
  await workspace.run();
  // The signatures of two certificates, of their issuer, and of two staples.
  expect(await count(workspace, 'ocspbot.yaml')).toBe(5 - CHAIN);
  expect(workspace.sandbox.text('m.prom')).toContain('certificate="a.example",state="waiting"');
});

test('install verifies each response that is given once', async () => {
  const workspace = makeWorkspace(pki);
  const { certificate } = workspace.add('a.example', { staple: 'due' });
  workspace.configure();
  for (const hours of [1, 2, 3])
    workspace.sandbox.write(`in/${hours}`, pki.response(certificate, -hours * HOUR, 8 * DAY));
  expect(await count(workspace, 'install', 'in', '--config', 'ocspbot.yaml')).toBe(1 + 3);
});

test('rollback verifies each backup once, also one whose time is over', async () => {
  const workspace = makeWorkspace(pki);
  const { certificate, file } = workspace.add('a.example', { staple: 'fresh' });
  workspace.configure({ make_backups: true, backups: { folder: 'ocsp' } });
  const backup = (name: string, from: number, until: number) =>
    workspace.sandbox.write(`${file}-${name}`, pki.response(certificate, from, until));
  backup('20260101-000000', -5 * DAY, -MINUTE);
  backup('20260102-000000', -2 * DAY, 2 * DAY);
  const rollback = ['rollback', 'a.example', '--config', 'ocspbot.yaml'];
  expect(await count(workspace, ...rollback)).toBe(1 + 2);
  expect(await count(workspace, ...rollback, '--to', '20260101-000000', '--force')).toBe(1 + 3);
});
