import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startOcspbot } from '../command/support/child.js';
import { makeWorkspace, type Workspace } from '../command/support/workspace.js';
import { openTestPki } from '../command/support/test-pki.js';
import type { Run } from '../support/run.js';
import { byExtent, CAMPAIGN_TIMEOUT, SEED } from '../support/campaign.js';
import { makeRandom } from '../support/random.js';
import { bitsInLastLine, reportedBits } from './support/invariants.js';
import { watchStaple } from './support/staple-watcher.js';
import { stateOf } from '../command/support/state.js';

const pki = openTestPki();
const COUNT = byExtent({ sample: 15, long: 30, all: 200 });
const RUNS = Array.from({ length: COUNT }, (_, index) => index);
const NAMES = ['a.example', 'b.example'];

/** Prepares two certificates that are due, each with its own service. Every response of the responder is newer. */
function makeDueWorkspace(): {
  workspace: Workspace;
  certificates: ReturnType<Workspace['add']>['certificate'][];
} {
  const workspace = makeWorkspace(pki);
  const certificates = NAMES.map(
    (name) => workspace.add(name, { staple: 'due', entry: { services: [name] } }).certificate,
  );
  configure(workspace, 'ocspbot.yaml');
  return { workspace, certificates };
}

const KEYS = {
  backups: { keep: 3 },
  parallel_threads: 2,
  services: { 'a.example': { exit_bit: 2 }, 'b.example': { exit_bit: 4 } },
};

function configure(workspace: Workspace, file: string, keys: object = {}): void {
  workspace.configure({ ...KEYS, ...keys });
  workspace.sandbox.write(file, workspace.sandbox.read('ocspbot.yaml'));
}

function start(workspace: Workspace, file = 'ocspbot.yaml') {
  return startOcspbot([file], { cwd: workspace.sandbox.folder });
}

/** Expects only staples, backups and the state folder. */
function expectNothingStale({ sandbox }: Workspace, states: readonly string[]): void {
  expect(sandbox.list('ocsp').filter((name) => name.endsWith('.tmp'))).toEqual([]);
  for (const state of states) {
    const names = sandbox
      .list(state)
      .filter((name) => !['responders.json', 'configuration.json', 'attempts.json'].includes(name));
    // The next run removes the file whose services were told.
    expect(names.filter((name) => name !== 'reload-debt.json')).toEqual([
      expect.stringMatching(/^lock-\d+$/),
    ]);
  }
}

describe(`${COUNT} runs at once`, { timeout: CAMPAIGN_TIMEOUT }, () => {
  test('of one configuration: one does the work, and each reload is told once', async () => {
    const { workspace, certificates } = makeDueWorkspace();
    const watchers = NAMES.map((name, index) =>
      watchStaple(workspace.sandbox.path(`ocsp/${name}.ocsp`), certificates[index]!),
    );
    const runs = await Promise.all(RUNS.map(() => start(workspace).end()));
    for (const watcher of watchers) await watcher.stop();
    expect(watchers.flatMap(({ violations }) => violations)).toEqual([]);
    expect(watchers.map(({ versions }) => versions)).toEqual([2, 2]);
    const statuses = runs.map(({ status }) => status);
    expect(statuses.filter((status) => status === 6)).toEqual([6]);
    expect(statuses.filter((status) => ![0, 6, 75].includes(status ?? -1))).toEqual([]);
    expectNothingStale(workspace, [stateOf(workspace.sandbox)]);
    console.log(`${COUNT} on one configuration: ${count(statuses)}`);
  });

  test('of two configurations that share the files: whole responses at every instant', async () => {
    const { workspace, certificates } = makeDueWorkspace();
    configure(workspace, 'one.yaml');
    configure(workspace, 'two.yaml');
    const watchers = NAMES.map((name, index) =>
      watchStaple(workspace.sandbox.path(`ocsp/${name}.ocsp`), certificates[index]!),
    );
    const runs = await Promise.all(
      RUNS.map((index) => start(workspace, index % 2 === 0 ? 'one.yaml' : 'two.yaml').end()),
    );
    for (const watcher of watchers) await watcher.stop();
    expect(watchers.flatMap(({ violations }) => violations)).toEqual([]);
    const statuses = runs.map(({ status }) => status ?? -1);
    // A run that finds a staple changed by the other run reports that, and does not replace it.
    expect(statuses.filter((status) => status > 38 && status !== 75)).toEqual([]);
    expect(statuses.reduce((sum, status) => sum | reportedBits({ status }), 0)).toBe(6);
    // It cannot know whether the other run has reported the reload, so it reports it again.
    const next = [await start(workspace, 'one.yaml').end(), await start(workspace, 'two.yaml').end()];
    const left = [0, 1].map((odd) =>
      statuses.some((status, index) => index % 2 === odd && status >= 32 && status < 64),
    );
    expect(next.filter(({ status }, index) => status !== 0 && !left[index])).toEqual([]);
    expect(next.filter(({ status }) => (status ?? 32) > 6)).toEqual([]);
    const last = [await start(workspace, 'one.yaml').end(), await start(workspace, 'two.yaml').end()];
    expect(last.map(({ status }) => status)).toEqual([0, 0]);
    expectNothingStale(workspace, [
      stateOf(workspace.sandbox, { configuration: 'one.yaml' }),
      stateOf(workspace.sandbox, { configuration: 'two.yaml' }),
    ]);
    console.log(`${COUNT} on two configurations: ${count(statuses)}`);
  });

  test('killed at random: what they leave does not hinder the next, who tells what was not told', async () => {
    const { workspace, certificates } = makeDueWorkspace();
    const random = makeRandom(SEED);
    const delays = Array.from({ length: 1500 }, (_, index) => index);
    const watchers = NAMES.map((name, index) =>
      watchStaple(workspace.sandbox.path(`ocsp/${name}.ocsp`), certificates[index]!),
    );
    const runs = await Promise.all(
      RUNS.map(async (index): Promise<Run> => {
        await sleep(random.pick(delays) * 2);
        const child = start(workspace);
        if (index % 5 === 0) return child.end();
        void sleep(random.pick(delays)).then(() => child.kill());
        return child.end();
      }),
    );
    for (const watcher of watchers) await watcher.stop();
    expect(watchers.flatMap(({ violations }) => violations)).toEqual([]);
    const next = await start(workspace).end();
    expect(next.status ?? 32).toBeLessThan(32);
    const told = [...runs, next].reduce((sum, run) => sum | reportedBits(run) | bitsInLastLine(run), 0);
    expect(told).toBe(6);
    expect((await start(workspace).end()).status).toBe(0);
    expectNothingStale(workspace, [stateOf(workspace.sandbox)]);
    console.log(
      `${COUNT}, most of them killed: ${count(runs.map(({ status, signal }) => status ?? signal))}`,
    );
  });
});

function count(ends: readonly (number | string | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const end of ends.map(String)) counts.set(end, (counts.get(end) ?? 0) + 1);
  return [...counts].map(([end, times]) => `${times} × ${end}`).join(', ');
}
