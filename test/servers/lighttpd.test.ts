import { it } from 'vitest';
import { requireProgram } from '../support/require.js';
import { freePort } from './support/port.js';
import { listensOn, startServer } from './support/server.js';
import { makeSite, type Site } from './support/site.js';
import { expectNewAfter, expectStapled } from './support/stapling.js';

function configurationOf({ sandbox, combinedFile, stapleFile }: Site, port: number): string {
  return `
    server.document-root = "${sandbox.folder}"
    server.bind = "127.0.0.1"
    server.port = ${port}
    server.modules = ("mod_openssl")
    ssl.engine = "enable"
    ssl.pemfile = "${combinedFile}"
    ssl.stapling-file = "${stapleFile}"
  `;
}

/** lighttpd 1.4 looks for a new file only in the last minutes of the one that it has: sooner it has to be told. */
it('lighttpd staples what was installed, and a newer response after a graceful restart', async (context) => {
  const program = requireProgram('lighttpd', 'lighttpd lighttpd-mod-openssl', context);
  const site = await makeSite();
  const port = await freePort();
  await site.refresh();
  const configuration = site.sandbox.write('lighttpd.conf', configurationOf(site, port));
  const server = await startServer([program, '-D', '-f', configuration], listensOn(port));
  await expectStapled(site, port);
  await expectNewAfter(site, port, () => server.signal('SIGUSR1', /server started/));
});
