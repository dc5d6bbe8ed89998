import { describe, expect, test } from 'vitest';
import { byExtent, CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { furtherResponders } from './support/further-responders.js';
import { makeWorkspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR, NOW } from './support/times.js';

const pki = openTestPki();
const start = furtherResponders(pki);

/** Hours between two runs: cron's own, or fewer runs in a sample. */
const STEP = byExtent({ sample: 6, long: 2, all: 1 });
/** The responder is down from the middle of the fifth day on, when the staples are due, for two days. */
const OUTAGE = { from: 4.5 * DAY, until: 6.5 * DAY };

/** Two weeks as cron and its mailbox see them. */
describe('fourteen days of cron with a responder that is down for two', () => {
  test('no mail, and only the reloads that are due', { timeout: CAMPAIGN_TIMEOUT }, async () => {
    let now = NOW;
    const isDown = () => now - NOW >= OUTAGE.from && now - NOW < OUTAGE.until;
    const responder = await start(({ question }) => {
      if (isDown()) return { kind: 'http', status: 503 };
      const certificate = certificates.find(
        ({ serial }) => question && Buffer.compare(serial, question.serial) === 0,
      );
      if (certificate === undefined) throw new Error('asked about another certificate');
      return { kind: 'bytes', bytes: pki.response(certificate, now - NOW - HOUR, now - NOW + 8 * DAY) };
    });
    const workspace = makeWorkspace(pki);
    const certificates = ['a', 'b', 'c'].map(
      (name) => workspace.add(`${name}.example`, { certificate: { ocspUrls: [responder.url] } }).certificate,
    );
    workspace.configure({ http: { attempts: 1 } });
    const mails: string[] = [];
    const statuses = new Map<number | undefined, number>();
    let runs = 0;
    for (; now < NOW + 14 * DAY; now += STEP * HOUR) {
      const clock = ['--now', new Date(now).toISOString().replace('.000', '')];
      const { status, stdout, stderr } = await workspace.run('--quiet', ...clock);
      if (stdout + stderr !== '') mails.push(stdout + stderr);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      runs += 1;
    }
    process.stdout.write(
      `${runs} runs: ${mails.length} mails, ${responder.requests.length} requests, ` +
        `${[...statuses].map(([status, count]) => `${count} × status ${status}`).join(', ')}\n`,
    );
    expect(mails).toEqual([]);
    // At first, when half is left, and once after the outage.
    expect([...statuses.keys()].sort()).toEqual([0, 2]);
    expect(statuses.get(2)).toBe(4);
  });
});
