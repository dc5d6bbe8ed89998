import { it } from 'vitest';
import { startLighttpd } from './support/lighttpd.js';
import { makeSite } from './support/site.js';
import { expectNewAfter, expectStapled } from './support/stapling.js';

/**
 * lighttpd 1.4 looks for a new file only in the last minutes of its current response: before that it needs a reload.
 */
it('lighttpd staples what was installed, and a newer response after a graceful restart', async (context) => {
  const site = await makeSite();
  await site.refresh();
  const server = await startLighttpd(site, context);
  await expectStapled(site, server.port);
  await expectNewAfter(site, server.port, () => server.reload());
});
