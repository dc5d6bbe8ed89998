import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Mode, Responder } from '../support/responder.js';
import { until } from './support/child.js';
import { formOf } from './support/forms.js';
import { furtherResponders } from './support/further-responders.js';
import { outcomesOf, reportOf, type Report } from './support/report.js';
import { makeWorkspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';

const pki = openTestPki();
const start = furtherResponders(pki);

const outcomes = ({ certificates }: Report) => new Set(certificates.map(({ outcome }) => outcome));
const numbered = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}.example`);

describe('a slow responder', () => {
  test.each([
    ['of its own accord', {}],
    ['also with few places', { parallel_threads: 2 }],
  ])('does not hold up the certificates of another, %s', async (_, keys) => {
    const quick = await start();
    const names = numbered(20, 'quick');
    // It answers nothing before the other one has answered all: in one queue this would go on until the time is up.
    const after = until(() => quick.requests.length === names.length);
    const slow = await start(() => ({ kind: 'with', after }));
    const workspace = makeWorkspace(pki);
    for (const name of numbered(20, 'slow')) workspace.add(name, { certificate: { ocspUrls: [slow.url] } });
    for (const name of names) workspace.add(name, { certificate: { ocspUrls: [quick.url] } });
    workspace.configure({ http: { attempts: 1 }, ...keys });
    const report = reportOf(await workspace.run('--json'));
    expect(outcomes(report)).toEqual(new Set(['updated']));
    expect(report.certificates.map(({ name }) => name)).toEqual([...numbered(20, 'slow'), ...names]);
  });

  test('that is only the second one of many certificates is not thought to be silent while they queue', async () => {
    const slow = await start(() => ({ kind: 'with', after: sleep(400) }));
    const workspace = makeWorkspace(pki);
    for (let host = 0; host < 8; host++) {
      // Eight hosts without a server: 127.0.0.2 and so on.
      const down = `http://127.0.0.${host + 2}:1/`;
      for (const name of numbered(2, `host-${host}`)) {
        workspace.add(name, { certificate: { ocspUrls: [down, slow.url] } });
      }
    }
    // All sixteen together take longer than one may.
    workspace.configure({ http: { timeout: '5s', attempts: 1, per_host: 1 } });
    expect(outcomes(reportOf(await workspace.run('--json')))).toEqual(new Set(['updated']));
  });
});

test.each([
  [{}, 4],
  [{ http: { per_host: 2 } }, 2],
  [{ http: { per_host: 7 } }, 7],
  [{ parallel_threads: 3 }, 3],
])('no more requests to one host at once than with %j: %i', async (keys, expected) => {
  let [now, most] = [0, 0];
  // The first answers wait until as many have asked: on a busy machine that may take a while.
  const full = until(() => most >= expected);
  const responder = await start((): Mode => {
    most = Math.max(most, ++now);
    return { kind: 'with', after: full.then(() => sleep(20)).then(() => void now--) };
  });
  const workspace = makeWorkspace(pki);
  for (const name of numbered(40, 'a')) workspace.add(name, { certificate: { ocspUrls: [responder.url] } });
  workspace.configure(keys);
  expect(outcomes(reportOf(await workspace.run('--json')))).toEqual(new Set(['updated']));
  expect(most).toBe(expected);
  expect(responder.connections).toBeLessThanOrEqual(expected);
});

describe('twenty entries with one certificate', () => {
  async function play(answer?: () => Mode, keys: Readonly<Record<string, unknown>> = {}) {
    const responder = await start(answer);
    const workspace = makeWorkspace(pki);
    const { entry } = workspace.add('0.example', { certificate: { ocspUrls: [responder.url] } });
    for (let index = 1; index < 20; index++) {
      const { cert, chain, rootchain } = entry;
      workspace.add(`${index}.example`, { entry: { cert, chain, rootchain } });
    }
    workspace.configure(keys);
    const run = await workspace.run('--json');
    return { workspace, responder, report: reportOf(run), run };
  }

  test.each([{}, { parallel_threads: 1 }, { http: { nonce: true } }])(
    'ask once, and each gets its own file: %j',
    async (keys) => {
      const { workspace, responder, report, run } = await play(undefined, keys);
      expect([run.status, outcomes(report)]).toEqual([2, new Set(['updated'])]);
      expect(responder.requests).toHaveLength(1);
      const files = Array.from({ length: 20 }, (_, index) => workspace.staple(`${index}.example`));
      expect(new Set(files.map((file) => file?.content)).size).toBe(1);
      expect(new Set(files.map((file) => file?.inode)).size).toBe(20);
    },
  );

  test('share its failures too, and its further attempts', async () => {
    const { responder, report } = await play(() => 'unauthorized');
    expect(outcomes(report)).toEqual(new Set(['failed']));
    expect(responder.requests.map(formOf)).toEqual([
      'GET sha1',
      'GET sha1 no-cache',
      'POST sha1',
      'POST sha256',
      'GET sha256',
    ]);
    expect(report.certificates.every(({ attempts }) => attempts.length === 5)).toBe(true);
    const again = await play(() => ({ kind: 'http', status: 503 }), { http: { attempts: 2 } });
    expect(again.responder.requests).toHaveLength(2);
  });

  test('each judge for themselves: one of two has it already', async () => {
    const workspace = makeWorkspace(pki);
    const { certificate, entry } = workspace.add('has.example', { staple: 'due' });
    workspace.add('lacks.example', { entry: { ...entry, ocsp: 'lacks.example.ocsp' } });
    const bytes = workspace.sandbox.read('ocsp/has.example.ocsp');
    pki.responder.set({ kind: 'bytes', bytes }, certificate);
    workspace.configure();
    expect(outcomesOf(reportOf(await workspace.run('--json')))).toEqual({
      'has.example': 'unchanged same-response',
      'lacks.example': 'updated absent',
    });
    expect(pki.requestsFor(certificate)).toHaveLength(1);
  });
});

test('a thousand certificates of one responder: requests and connections', async () => {
  const responder = await start();
  const workspace = makeWorkspace(pki);
  for (const name of numbered(1000, 'a')) workspace.add(name, { certificate: { ocspUrls: [responder.url] } });
  workspace.configure();
  const run = await workspace.run('--json');
  expect(outcomes(reportOf(run))).toEqual(new Set(['updated']));
  const [requests, { connections }] = [responder.requests.length, responder];
  console.log(`1000 certificates of one responder: ${requests} requests, ${connections} connections`);
  expect(requests).toBe(1000);
  expect(requests / connections).toBeGreaterThanOrEqual(50);
});

test('a responder that dies half way through: what is done is done, and the rest does not take for ever', async () => {
  const dying: Responder = await start(() => (dying.requests.length <= 40 ? undefined : 'reset'));
  const workspace = makeWorkspace(pki);
  const names = numbered(100, 'one');
  for (const name of names) {
    workspace.add(name, {
      staple: 'due',
      certificate: { ocspUrls: [dying.url] },
      entry: { services: ['web'] },
    });
  }
  workspace.configure({ services: { web: {} } });
  const report = reportOf(await workspace.run('--json'));
  const count = (outcome: string) => report.certificates.filter((one) => one.outcome === outcome).length;
  expect([count('updated'), count('deferred')]).toEqual([40, 60]);
  expect(report).toMatchObject({ status: 2, reload: ['web'], not_reached: [] });
  // Certificates that can wait are not asked about any more once the responder is known to be dead.
  const reasons = report.certificates.map(({ reason }) => reason);
  expect(reasons.filter((reason) => reason === 'waiting').length).toBeGreaterThan(40);
  console.log(`100 certificates, dead after 40: ${dying.requests.length} requests`);
});
