import { describe, expect, test } from 'vitest';
import type { Mode } from '../support/responder.js';
import { runOcspbot } from '../support/run.js';
import { freePort } from '../support/port.js';
import { until } from './support/child.js';
import { formOf } from './support/forms.js';
import { furtherResponders, type Behaviour } from './support/further-responders.js';
import { onlyOne, outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { SECOND } from './support/times.js';

const pki = openTestPki();
const start = furtherResponders(pki);

/** Fails so many times, and is then well. */
function failing(times: number, mode: Mode): Behaviour {
  let count = 0;
  return () => (++count <= times ? mode : undefined);
}

/** Runs in the process before the program: writes a file when a connection has failed. */
const TELLS_OF_ERRORS = `
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
subscribe('net.client.socket', ({ socket }) => socket.once('error', () => writeFileSync('refused', '')));
`;

async function play(answer: Behaviour, http: object = {}) {
  const responder = await start(answer);
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', { certificate: { ocspUrls: [responder.url] } });
  workspace.configure({ http });
  return { workspace, responder, run: await workspace.run('--json') };
}

describe('what waiting can mend is asked for again', () => {
  test.each<[string, Mode]>([
    ['500', { kind: 'http', status: 500 }],
    ['503', { kind: 'http', status: 503 }],
    ['429', { kind: 'http', status: 429, headers: { 'retry-after': '0' } }],
    ['tryLater', 'tryLater'],
    ['internalError', 'internalError'],
    ['a reset', 'reset'],
  ])('%s, twice', async (_, mode) => {
    const { run, responder } = await play(failing(2, mode));
    const { outcome, attempts } = onlyOne(reportOf(run));
    expect([run.status, outcome]).toEqual([2, 'updated']);
    expect(responder.requests).toHaveLength(3);
    expect(attempts).toEqual([
      expect.stringMatching(/^http:\S+ by GET: [a-z]/),
      expect.stringMatching(/^http:\S+ by POST: [a-z]/),
      `${responder.url} by GET: good`,
    ]);
  });

  test('silence', async () => {
    const { run, responder } = await play(failing(1, 'stall'), { timeout: '5s' });
    expect(onlyOne(reportOf(run)).outcome).toBe('updated');
    expect(responder.requests).toHaveLength(2);
  });

  test('nobody there, and then somebody', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { certificate: { ocspUrls: [url] } });
    workspace.configure({ http: { attempts: 6 } });
    const options = `--import "data:text/javascript,${encodeURIComponent(TELLS_OF_ERRORS)}"`;
    const { folder } = workspace.sandbox;
    const run = runOcspbot(['ocspbot.yaml', '--json'], { cwd: folder, env: { NODE_OPTIONS: options } });
    await until(() => workspace.sandbox.exists('refused'));
    const responder = await start(undefined, { port });
    expect(onlyOne(reportOf(await run)).outcome).toBe('updated');
    expect(responder.requests).toHaveLength(1);
  });

  test('not more often than http.attempts, and told once with the number', async () => {
    const { run, responder } = await play(() => ({ kind: 'http', status: 503, body: 'busy' }), {
      attempts: 2,
    });
    expect(responder.requests).toHaveLength(2);
    expect(onlyOne(reportOf(run)).message).toMatch(
      /^GET http:\S+ answered with status 503, and the body begins with "busy" \(2 attempts: GET, POST\)$/,
    );
    const once = await play(() => 'tryLater', { attempts: 1, method: 'get' });
    expect(once.responder.requests).toHaveLength(1);
    expect(onlyOne(reportOf(once.run)).message).toMatch(/tryLater \(3\)$/);
  });
});

test('many that wait at the same time print nothing on their own', async () => {
  const workspace = makeWorkspace(pki);
  // As many certificates wait together as there are requests in flight to several hosts.
  for (let host = 0; host < 3; host += 1) {
    const { url } = await start(() => ({ kind: 'http', status: 503 }));
    for (let index = 0; index < 4; index += 1)
      workspace.add(`${host}-${index}.example`, { staple: 'due', certificate: { ocspUrls: [url] } });
  }
  workspace.configure({ http: { attempts: 2 } });
  expect(await workspace.run('--quiet')).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

describe('what waiting cannot mend is asked for by each method, and not again', () => {
  test.each<[string, Mode]>([
    ['an answer by another key', 'forged'],
    ['an answer about another certificate', 'foreign'],
    ['garbage', 'garbage'],
    ['sigRequired', 'sigRequired'],
    ['a page', 'html'],
    ['403', { kind: 'http', status: 403 }],
    ['a redirect to nowhere', 'redirect-loop'],
    ['another media type', 'wrong-media-type'],
  ])('%s', async (_, mode) => {
    const { run, responder } = await play(() => mode);
    expect(run.status).toBe(32);
    const times = mode === 'redirect-loop' ? 4 : 1;
    expect(responder.requests.map(formOf)).toEqual(
      ['GET sha1', 'POST sha1'].flatMap((form) => Array.from({ length: times }, () => form)),
    );
  });
});

describe('Retry-After', () => {
  /** The times of the requests. */
  function timed(answer: Behaviour): { times: number[]; answer: Behaviour } {
    const times: number[] = [];
    return { times, answer: (request) => (times.push(Date.now()), answer(request)) };
  }
  const busy = (retryAfter: string): Mode => ({
    kind: 'http',
    status: 503,
    headers: { 'retry-after': retryAfter },
  });

  test.each<[string, () => Mode]>([
    ['seconds', () => busy('3')],
    ['a date', () => busy(new Date(Date.now() + 4 * SECOND).toUTCString())],
    ['with tryLater', () => ({ kind: 'with', mode: 'tryLater', headers: { 'retry-after': '3' } })],
  ])('is waited for: %s', async (_, mode) => {
    let isBusy = true;
    const { times, answer } = timed(() => {
      if (!isBusy) return undefined;
      isBusy = false;
      return mode();
    });
    const { run } = await play(answer);
    expect(onlyOne(reportOf(run)).outcome).toBe('updated');
    expect(times).toHaveLength(2);
    // The pause without Retry-After is at most a second.
    expect(times[1]! - times[0]!).toBeGreaterThan(1900);
  });

  test.each(['-5', 'soon', '', '1e9', new Date(0).toUTCString()])('%j counts as none', async (text) => {
    const { run, responder } = await play(failing(1, busy(text)));
    expect(onlyOne(reportOf(run)).outcome).toBe('updated');
    expect(responder.requests).toHaveLength(2);
  });

  test.each(['99999999999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT', '3600'])(
    'of %j is not waited for in a run, which ends',
    async (text) => {
      const { run, responder } = await play(() => busy(text));
      expect(onlyOne(reportOf(run))).toMatchObject({ outcome: 'failed', reason: 'http-status' });
      expect(responder.requests).toHaveLength(1);
    },
  );
});

test('one certificate that a responder always fails of hurts no other', async () => {
  const workspace = makeWorkspace(pki);
  const names = Array.from({ length: 12 }, (_, index) => `${index}.example`);
  for (const name of names) workspace.add(name, { staple: 'due' });
  const bad = workspace.add('bad.example', { staple: 'due' });
  const worse = workspace.add('worse.example', { staple: 'due' });
  for (const { certificate } of [bad, worse]) pki.responder.set('reset', certificate);
  workspace.configure({ http: { attempts: 2 } });
  expect(outcomesOf(reportOf(await workspace.run('--json')))).toEqual({
    ...Object.fromEntries(names.map((name) => [name, 'updated due'])),
    'bad.example': 'deferred connection-failed',
    'worse.example': 'deferred connection-failed',
  });
});
