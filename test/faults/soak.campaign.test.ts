import { expect, test } from 'vitest';
import { makeAuthority, type Authority, type TestCertificate } from '../support/ca.js';
import { byExtent, CAMPAIGN_TIMEOUT, SEED } from '../support/campaign.js';
import { makeRandom } from '../support/random.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { SECOND } from '../command/support/times.js';
import { runUntil, runOnce } from './soak/hourly-runs.js';
import { isWhole, countReports, unreportedChanges, type Change, type RunRecord } from './soak/run-record.js';
import { openFaultSchedule, VALIDITY, type FaultSchedule } from './soak/fault-schedule.js';
import { watchStaple, type StapleWatcher } from './support/staple-watcher.js';
import { stateOf } from '../command/support/state.js';

/** Seconds. `OCSPBOT_SOAK=7200 OCSPBOT_SEED=7 npm run soak` takes two hours. */
const LENGTH = Number(process.env['OCSPBOT_SOAK'] ?? byExtent({ sample: 5, long: 30, all: 7200 }));
const NAMES = ['a', 'b'] as const;

/** An observation of an expired staple. */
interface Expiry {
  readonly name: string;
  /** True if a run could have prevented it. */
  readonly isOurs: boolean;
}

test(
  `at least ${LENGTH} seconds of responder faults, with the seed ${SEED}`,
  { timeout: LENGTH * SECOND + CAMPAIGN_TIMEOUT },
  async () => {
    const authority = makeAuthority();
    const faultSchedule = await openFaultSchedule(authority.intermediate);
    const sandbox = makeSandbox();
    const certificates = writeConfiguration(sandbox, faultSchedule.url, authority);
    const records = [await runOnce(sandbox.folder, faultSchedule, undefined)];
    const [changes, expiries]: [Change[], Expiry[]] = [[], []];
    const watchers = NAMES.map((name, index) =>
      watchStaple(sandbox.path(`ocsp/${name}.ocsp`), certificates[index]!, ({ usefulUntil }, isNew) => {
        if (isNew) changes.push({ at: Date.now(), bit: 2 ** (index + 1) });
        if (Date.now() < usefulUntil) return;
        const isOurs = isAvoidable(records, Date.now());
        expiries.push({ name, isOurs });
      }),
    );
    const random = makeRandom(SEED);
    const faults = faultSchedule.run(makeRandom(SEED + 1));
    const end = Date.now() + LENGTH * SECOND;
    const isEnough = () => Date.now() > end && watchers.every(({ versions }) => versions > 1);
    await runUntil(isEnough, { cwd: sandbox.folder, faultSchedule, random, records });
    await faultSchedule.stopFaults();
    await faults;
    records.push(await runOnce(sandbox.folder, faultSchedule, undefined));
    for (const watcher of watchers) await watcher.stop();
    await faultSchedule.close();

    console.log(summary(records, watchers, expiries, faultSchedule));
    expect(watchers.flatMap(({ violations }) => violations)).toEqual([]);
    expect(expiries.filter(({ isOurs }) => isOurs)).toEqual([]);
    expect(unreportedChanges(records, changes)).toEqual([]);
    for (const [index, watcher] of watchers.entries()) {
      const killed = records.filter(({ run }) => run.signal !== undefined).length;
      expect(countReports(records, 2 ** (index + 1))).toBeLessThanOrEqual(watcher.versions + killed);
    }
    expect(records.flatMap(({ run }) => (run.status === 70 ? [run.stderr] : []))).toEqual([]);
    expect(records.at(-1)?.run.status ?? 32).toBeLessThan(32);
    expect(sandbox.list('ocsp').filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const state = sandbox
      .list(stateOf(sandbox))
      .filter((name) => name.startsWith('lock-') || name.endsWith('.tmp'));
    expect(state).toEqual([expect.stringMatching(/^lock-\d+$/)]);
  },
);

/** A certificate for each name, with a service of its own. */
function writeConfiguration(sandbox: Sandbox, url: string, authority: Authority): TestCertificate[] {
  const certificates = NAMES.map(() => authority.issue({ ocspUrls: [url] }));
  const domains = NAMES.map((name, index) => {
    const record = sandbox.writeCertificate(name, certificates[index]!);
    return [name, { ...record, services: [name] }] as const;
  });
  sandbox.write('ocsp/.keep', '');
  sandbox.remove('ocsp/.keep');
  sandbox.writeConfiguration({
    ocsp_folder: 'ocsp',
    backups: { keep: 3 },
    parallel_threads: 2,
    http: { timeout: '5s', connect_timeout: '5s' },
    services: { a: { exit_bit: 2 }, b: { exit_bit: 4 } },
    domains: Object.fromEntries(domains),
  });
  return certificates;
}

/**
 * A run that came to its end while the responder was good has left what is critical of a lifetime: a third of a half.
 * (Before that it may have waited, because a responder had failed.) Times are in whole seconds.
 */
function isAvoidable(records: readonly RunRecord[], now: number): boolean {
  return records.some(
    (record) => isWhole(record) && record.responderWasGood && now < record.begin + VALIDITY / 6 - SECOND,
  );
}

function summary(
  records: readonly RunRecord[],
  watchers: readonly StapleWatcher[],
  expiries: readonly Expiry[],
  faultSchedule: FaultSchedule,
): string {
  const ends = records.map(({ run: { status, signal } }) => String(status ?? signal));
  const count = (values: readonly string[]): string =>
    [...new Set(values)]
      .toSorted()
      .map((one) => `${values.filter((other) => other === one).length} × ${one}`)
      .join(', ');
  return [
    `seed ${SEED}, ${LENGTH} s: ${records.length} runs (${count(ends)})`,
    `looks ${sum(watchers.map(({ looks }) => looks))}, responses seen ${sum(watchers.map(({ versions }) => versions))}, expired in ${expiries.length} of the looks, where nobody could help it`,
    `responder: ${[...faultSchedule.counts].map(([name, times]) => `${times} × ${name}`).join(', ')}`,
  ].join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
