import { expect, test } from 'vitest';
import { byExtent, CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { furtherResponders } from './support/further-responders.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR, NOW } from './support/times.js';
import { makeWorkspace } from './support/workspace.js';

const pki = openTestPki();
const start = furtherResponders(pki);

/** Hours between two runs. */
const STEP = byExtent({ sample: 6, long: 6, all: 1 });
/** The responder is down from before the staples are due until after their end. */
const OUTAGE = { from: 10 * DAY, until: 19 * DAY };

interface Told {
  readonly time: string;
  readonly changes: readonly { readonly name: string; readonly before: string; readonly severity: string }[];
}

test(
  'a month with an outage of nine days: each severity is told once',
  { timeout: CAMPAIGN_TIMEOUT },
  async () => {
    let now = NOW;
    const responder = await start(({ question }) => {
      if (now - NOW >= OUTAGE.from && now - NOW < OUTAGE.until) return { kind: 'http', status: 503 };
      const certificate = certificates.find(
        ({ serial }) => question && Buffer.compare(serial, question.serial) === 0,
      );
      if (certificate === undefined) throw new Error('asked about another certificate');
      return { kind: 'bytes', bytes: pki.response(certificate, now - NOW - HOUR, now - NOW + 8 * DAY) };
    });
    const workspace = makeWorkspace(pki);
    const certificates = ['a', 'b'].map(
      (name) => workspace.add(`${name}.example`, { certificate: { ocspUrls: [responder.url] } }).certificate,
    );
    workspace.configure({ http: { attempts: 1 }, notify: { command: ['sh', '-c', 'cat >>told.json'] } });
    let runs = 0;
    for (; now < NOW + 30 * DAY; now += STEP * HOUR) {
      await workspace.run('--quiet', '--now', new Date(now).toISOString().replace('.000', ''));
      runs += 1;
    }
    const lines = Buffer.from(workspace.sandbox.read('told.json')).toString().trimEnd().split('\n');
    const told = lines.map((line) => JSON.parse(line) as Told);
    const days = (time: string) => ((Date.parse(time) - NOW) / DAY).toFixed(1);
    for (const { time, changes } of told)
      console.log(
        `${runs} runs, day ${days(time)}: ${changes.map(({ name, before, severity }) => `${name} ${before} -> ${severity}`).join(', ')}`,
      );
    expect(told.map(({ changes }) => changes.map(({ before, severity }) => `${before} ${severity}`))).toEqual(
      [
        // Nobody is told while the staples have days left.
        ['ok critical', 'ok critical'],
        ['critical ok', 'critical ok'],
      ],
    );
  },
);
