import { expect, test } from 'vitest';
import { makeAuthority, type Authority, type TestCertificate } from '../support/ca.js';
import { byExtent, CAMPAIGN_TIMEOUT, SEED } from '../support/campaign.js';
import { makeRandom } from '../support/random.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { SECOND } from '../command/support/times.js';
import { runUntil, runOnce } from './soak/bot.js';
import { isWhole, tellings, untold, type Change, type Entry } from './soak/diary.js';
import { openWeather, VALIDITY, type Weather } from './soak/weather.js';
import { watchStaple, type Watch } from './support/watch.js';
import { stateOf } from '../command/support/state.js';

/** Seconds. `OCSPBOT_SOAK=7200 OCSPBOT_SEED=7 npm run soak` takes two hours. */
const LENGTH = Number(process.env['OCSPBOT_SOAK'] ?? byExtent({ sample: 10, long: 600, all: 7200 }));
const NAMES = ['a', 'b'] as const;

/** A look at a staple that had expired. */
interface Expiry {
  readonly name: string;
  /** A run could have prevented it. */
  readonly isOurs: boolean;
}

test(
  `at least ${LENGTH} seconds of bad weather, with the seed ${SEED}`,
  { timeout: LENGTH * SECOND + CAMPAIGN_TIMEOUT },
  async () => {
    const authority = makeAuthority();
    const weather = await openWeather(authority.intermediate);
    const sandbox = makeSandbox();
    const scene = makeScene(sandbox, weather.url, authority);
    const entries = [await runOnce(sandbox.folder, weather, undefined)];
    const [changes, expiries]: [Change[], Expiry[]] = [[], []];
    const watches = NAMES.map((name, index) =>
      watchStaple(sandbox.path(`ocsp/${name}.ocsp`), scene[index]!, ({ usefulUntil }, isNew) => {
        if (isNew) changes.push({ at: Date.now(), bit: 2 ** (index + 1) });
        if (Date.now() < usefulUntil) return;
        const isOurs = isAvoidable(entries, Date.now());
        expiries.push({ name, isOurs });
      }),
    );
    const random = makeRandom(SEED);
    const blowing = weather.blow(makeRandom(SEED + 1));
    const end = Date.now() + LENGTH * SECOND;
    const isEnough = () => Date.now() > end && watches.every(({ versions }) => versions > 1);
    await runUntil(isEnough, sandbox.folder, weather, random, entries);
    await weather.clear();
    await blowing;
    entries.push(await runOnce(sandbox.folder, weather, undefined));
    for (const watch of watches) await watch.stop();
    await weather.close();

    console.log(summary(entries, watches, expiries, weather));
    expect(watches.flatMap(({ complaints }) => complaints)).toEqual([]);
    expect(expiries.filter(({ isOurs }) => isOurs)).toEqual([]);
    expect(untold(entries, changes)).toEqual([]);
    for (const [index, watch] of watches.entries()) {
      const killed = entries.filter(({ run }) => run.signal !== undefined).length;
      expect(tellings(entries, 2 ** (index + 1))).toBeLessThanOrEqual(watch.versions + killed);
    }
    expect(entries.flatMap(({ run }) => (run.status === 70 ? [run.stderr] : []))).toEqual([]);
    expect(entries.at(-1)?.run.status ?? 32).toBeLessThan(32);
    expect(sandbox.list('ocsp').filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const state = sandbox
      .list(stateOf(sandbox))
      .filter((name) => name.startsWith('lock-') || name.endsWith('.tmp'));
    expect(state).toEqual([expect.stringMatching(/^lock-\d+$/)]);
  },
);

/** A certificate for each name, with a service of its own. */
function makeScene(sandbox: Sandbox, url: string, authority: Authority): TestCertificate[] {
  const certificates = NAMES.map(() => authority.issue({ ocspUrls: [url] }));
  const domains = NAMES.map((name, index) => {
    const entry = sandbox.writeCertificate(name, certificates[index]!);
    return [name, { ...entry, services: [name] }] as const;
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
function isAvoidable(entries: readonly Entry[], now: number): boolean {
  return entries.some((entry) => isWhole(entry) && entry.isFair && now < entry.begin + VALIDITY / 6 - SECOND);
}

function summary(
  entries: readonly Entry[],
  watches: readonly Watch[],
  expiries: readonly Expiry[],
  weather: Weather,
): string {
  const ends = entries.map(({ run: { status, signal } }) => String(status ?? signal));
  const count = (values: readonly string[]): string =>
    [...new Set(values)]
      .toSorted()
      .map((one) => `${values.filter((other) => other === one).length} × ${one}`)
      .join(', ');
  return [
    `seed ${SEED}, ${LENGTH} s: ${entries.length} runs (${count(ends)})`,
    `looks ${sum(watches.map(({ looks }) => looks))}, responses seen ${sum(watches.map(({ versions }) => versions))}, expired in ${expiries.length} of the looks, where nobody could help it`,
    `weather: ${[...weather.counts].map(([name, times]) => `${times} × ${name}`).join(', ')}`,
  ].join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
