import { expect, it, type TestContext } from 'vitest';
import { startExim } from './support/exim.js';
import { startHaproxy } from './support/haproxy.js';
import { startLighttpd } from './support/lighttpd.js';
import { startNginx } from './support/nginx.js';
import { makeSite, type Site } from './support/site.js';
import type { StaplingServer } from './support/stapling-server.js';
import { until } from './support/until.js';

type Start = (site: Site, context: TestContext) => Promise<StaplingServer>;

const SERVERS: readonly (readonly [name: string, start: Start])[] = [
  ['nginx', startNginx],
  ['HAProxy', startHaproxy],
  ['lighttpd', startLighttpd],
  ['Exim', startExim],
];

it.for(SERVERS)(
  'ocspbot live %s: same, then older until it is reloaded, then same',
  async ([name, start], context) => {
    const site = await makeSite();
    await site.refresh();
    const server = await start(site, context);
    const look = () => site.run('live', ...server.live, '--servername', site.name);
    expect(await look()).toMatchObject({ status: 0, stdout: expect.stringContaining('  same  ') });

    await site.refreshWithNewer();
    const before = await look();
    expect(before).toMatchObject({
      status: 32,
      stderr: expect.stringMatching(/  older  .*\n {2}hint: reload the server/),
    });
    await server.reload();
    await until('the new response is served', async () => (await look()).status === 0);
    const after = await look();
    expect(after.stdout).toContain('  same  ');
    console.log(`${name}, before and after a reload:\n${before.stderr}${after.stdout}`);
  },
);
