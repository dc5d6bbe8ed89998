import { expect, it } from 'vitest';
import { requireProgram } from '../support/require.js';
import { freePort } from './support/port.js';
import { listensOn, startServer } from './support/server.js';
import { makeSite, type Site } from './support/site.js';
import { expectNewAfter, expectStapled } from './support/stapling.js';

function configurationOf({ combinedFile }: Site, port: number): string {
  return `
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend site
  bind 127.0.0.1:${port} ssl crt ${combinedFile}
  http-request return status 200
`;
}

it('HAProxy staples what was installed, and a newer response after a reload', async (context) => {
  const program = requireProgram('haproxy', 'haproxy', context);
  const site = await makeSite();
  const port = await freePort();
  await site.refresh();
  const configuration = site.sandbox.write('haproxy.cfg', configurationOf(site, port));
  const server = await startServer([program, '-W', '-db', '-f', configuration], listensOn(port));
  await expectStapled(site, port);
  await expectNewAfter(site, port, () => server.signal('SIGUSR2', /Former worker .* exited/));
  // It only warns of a response that it does not like.
  expect(server.log()).not.toMatch(/ocsp/i);
});
