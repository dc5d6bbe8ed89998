import { expect, it } from 'vitest';
import { startHaproxy } from './support/haproxy.js';
import { makeSite } from './support/site.js';
import { expectNewAfter, expectStapled } from './support/stapling.js';

it('HAProxy staples what was installed, and a newer response after a reload', async (context) => {
  const site = await makeSite();
  await site.refresh();
  const server = await startHaproxy(site, context);
  await expectStapled(site, server.port);
  await expectNewAfter(site, server.port, () => server.reload());
  // It only warns of a response that it does not like.
  expect(server.log()).not.toMatch(/ocsp/i);
});
