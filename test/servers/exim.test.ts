import { expect, it } from 'vitest';
import { startExim } from './support/exim.js';
import { makeSite } from './support/site.js';
import { until } from './support/until.js';

/** From 4.95 on it has read the file beforehand, and watches it: it needs some seconds to see a new one. */
it('Exim staples a newer response without a reload', async (context) => {
  const site = await makeSite();
  await site.refresh();
  const server = await startExim(site, context);
  const look = () => site.run('live', ...server.live, '--servername', site.name);
  const first = await look();
  expect(first, server.log()).toMatchObject({ status: 0, stdout: expect.stringContaining('  same  ') });
  await site.refreshWithNewer();
  let last = await look();
  await until('Exim has seen it', async () => {
    last = await look();
    return last.status === 0;
  });
  expect(last.stdout).toContain('  same  ');
  expect(last.stdout).not.toBe(first.stdout);
});
