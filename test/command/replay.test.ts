import { describe, expect, test } from 'vitest';
import { nul } from '../support/der.js';
import { extension } from '../support/extensions.js';
import type { Status } from '../support/responses.js';
import { furtherResponders } from './support/further-responders.js';
import { onlyOne, outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR, MINUTE, NOW } from './support/times.js';

const pki = openTestPki();
const start = furtherResponders(pki);

const HELD: Status = { revoked: NOW - 5 * DAY, reason: 6 };
const NEVER_ISSUED: Status = { revoked: 0, reason: 6 };
const EXTENDED_REVOKE = [extension('1.3.6.1.5.5.7.48.1.9', nul())];

/** A certificate with a staple that is due, of four days ago, and a responder that answers as told, at `from`. */
async function play(status: Status, from: number, options: { extended?: boolean; args?: string[] } = {}) {
  const { extended = false, args = [] } = options;
  const workspace = makeWorkspace(pki);
  let bytes = new Uint8Array();
  const responder = await start(() => ({ kind: 'bytes', bytes }));
  const { certificate, file } = workspace.add('a.example', {
    staple: 'due',
    certificate: { ocspUrls: [responder.url] },
  });
  bytes = Uint8Array.from(
    pki.response(certificate, from, 9 * DAY, { status, ...(extended && { extensions: EXTENDED_REVOKE }) }),
  );
  workspace.configure();
  const before = workspace.sandbox.read(file);
  const run = await workspace.run('--json', ...args);
  expect(workspace.sandbox.read(file)).toEqual(before);
  return { workspace, bytes, status: run.status, requests: responder.requests, ...onlyOne(reportOf(run)) };
}

describe('an answer that says revoked', () => {
  test.each([[[]], [['--force']]])('older than the good one in place is a replay (%s)', async (args) => {
    const { status, outcome, reason, requests } = await play(HELD, -5 * DAY, { args });
    expect([status, outcome, reason]).toEqual([0, 'deferred', 'older-than-installed']);
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);
  });

  test('newer than the good one in place is an alarm', async () => {
    const { status, outcome } = await play(HELD, -MINUTE);
    expect([status, outcome]).toEqual([32, 'revoked']);
  });

  test('as of a certificate that was never issued means that the responder does not know it', async () => {
    const { status, outcome, reason, message } = await play(NEVER_ISSUED, -MINUTE, { extended: true });
    expect([status, outcome, reason]).toEqual([0, 'deferred', 'certificate-unknown']);
    expect(message).toContain('does not know this certificate');
  });

  test('of 1970 without the extension that RFC 6960 §2.2 demands is a revocation', async () => {
    const { status, outcome } = await play(NEVER_ISSUED, -MINUTE);
    expect([status, outcome]).toEqual([32, 'revoked']);
  });

  test('given to install, older than the good one in place, is a replay', async () => {
    const { workspace, bytes } = await play(HELD, -5 * DAY);
    workspace.sandbox.write('given.der', bytes);
    const run = await workspace.runCommand('install', 'given.der', '--config', 'ocspbot.yaml', '--json');
    const { outcome, reason } = onlyOne(reportOf(run));
    expect([outcome, reason]).toEqual(['deferred', 'older-than-installed']);
  });

  test('tells what it says and why it is not believed', async () => {
    const { message } = await play(HELD, -5 * DAY);
    expect(message).toMatch(
      /"revoked at .*, reason certificateHold" is older than the good response in place/,
    );
  });
});

describe('an old revocation that a cache still has', () => {
  /** A responder that sends an old revocation, except for the requests that `isGood` selects. */
  async function cached(isGood: (request: { method: string; headers: object }) => boolean) {
    const workspace = makeWorkspace(pki);
    let [old, good] = [new Uint8Array(), new Uint8Array()];
    const responder = await start((request) => ({ kind: 'bytes', bytes: isGood(request) ? good : old }));
    const ocspUrls = [responder.url];
    const { certificate } = workspace.add('a.example', { staple: 'due', certificate: { ocspUrls } });
    old = Uint8Array.from(pki.response(certificate, -5 * DAY, 9 * DAY, { status: HELD }));
    good = Uint8Array.from(pki.response(certificate, -MINUTE, 9 * DAY));
    workspace.configure();
    const run = await workspace.run('--json');
    return { status: run.status, outcomes: outcomesOf(reportOf(run)), requests: responder.requests };
  }

  test.each<[string, Parameters<typeof cached>[0], number]>([
    ['past it', ({ headers }) => 'cache-control' in headers, 2],
    ['by POST', ({ method }) => method === 'POST', 3],
  ])('is asked again, %s', async (_, isGood, count) => {
    const { status, outcomes, requests } = await cached(isGood);
    expect([status, outcomes]).toEqual([2, { 'a.example': 'updated due' }]);
    expect(requests.length).toBe(count);
  });

  test('is asked again, of another responder', async () => {
    const workspace = makeWorkspace(pki);
    let old = new Uint8Array();
    const stale = await start(() => ({ kind: 'bytes', bytes: old }));
    const ocspUrls = [stale.url, pki.responder.url];
    const { certificate } = workspace.add('a.example', { staple: 'due', certificate: { ocspUrls } });
    old = Uint8Array.from(pki.response(certificate, -5 * DAY, 9 * DAY, { status: HELD }));
    workspace.configure();
    const run = await workspace.run('--json');
    expect([run.status, outcomesOf(reportOf(run))]).toEqual([2, { 'a.example': 'updated due' }]);
  });
});

describe('older than a good one in place whose time is over', () => {
  const over: [number, number] = [-3 * DAY, -HOUR];

  async function run(status: Status, from: number) {
    const workspace = makeWorkspace(pki);
    const { certificate, file } = workspace.add('a.example');
    workspace.sandbox.write(file, pki.response(certificate, ...over));
    const bytes = pki.response(certificate, from, 9 * DAY, { status });
    pki.responder.set({ kind: 'bytes', bytes }, certificate);
    workspace.configure();
    const run = await workspace.run('--json');
    return [run.status, outcomesOf(reportOf(run))['a.example']];
  }

  test('a revocation is a replay, too; a newer one is the alarm', async () => {
    expect(await run(HELD, -5 * DAY)).toEqual([32, 'failed older-than-installed']);
    expect(await run(HELD, -2 * DAY)).toEqual([32, 'revoked certificate-revoked']);
  });

  test('a good one is better than none', async () => {
    expect(await run('good', -5 * DAY)).toEqual([2, 'updated unusable']);
  });
});

describe('other commands', () => {
  const install = ({ runCommand }: Workspace, ...files: string[]) =>
    runCommand('install', ...files, '--config', 'ocspbot.yaml', '--json');

  test('install, given a good and a revoked response of one time, says revoked', async () => {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('a.example');
    workspace.configure();
    workspace.sandbox.write('in/a', pki.response(certificate, -HOUR, 9 * DAY));
    workspace.sandbox.write('in/b', pki.response(certificate, -HOUR, 8 * DAY, { status: HELD }));
    const run = await install(workspace, 'in');
    expect(outcomesOf(reportOf(run))).toEqual({ 'a.example': 'revoked certificate-revoked' });
  });

  test('install --force does not believe an older revocation either', async () => {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('a.example', { staple: 'due' });
    workspace.configure();
    workspace.sandbox.write('old', pki.response(certificate, -5 * DAY, 9 * DAY, { status: HELD }));
    const run = await install(workspace, 'old', '--force');
    expect(outcomesOf(reportOf(run))).toEqual({ 'a.example': 'deferred older-than-installed' });
  });

  test('verify, explain and rollback know a certificate that was never issued', async () => {
    const workspace = makeWorkspace(pki);
    const { certificate, file, entry } = workspace.add('a.example');
    const extensions = EXTENDED_REVOKE;
    const bytes = pki.response(certificate, -HOUR, 9 * DAY, { status: NEVER_ISSUED, extensions });
    workspace.sandbox.write(file, bytes);
    workspace.sandbox.write(`${file}-20260101-000000`, bytes);
    workspace.configure({ make_backups: true, backups: { folder: 'ocsp' } });
    const pair = ['--cert', entry.cert, '--issuer', entry.chain];
    const verified = await workspace.runCommand('verify', file, ...pair);
    expect(verified.stdout).toMatch(/\nunknown: the responder does not know .*\[certificate-unknown\]\n$/);
    const explained = await workspace.runCommand('explain', 'a.example', 'ocspbot.yaml');
    expect(explained.stdout).toMatch(/19 +failed +certStatus: .*does not know this certificate/);
    const back = ['rollback', 'a.example', '--to', '20260101-000000', '--config', 'ocspbot.yaml'];
    const rolledBack = await workspace.runCommand(...back);
    expect([rolledBack.status, rolledBack.stderr]).toEqual([32, expect.stringContaining('does not know')]);
  });
});
