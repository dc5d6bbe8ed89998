import type { TestContext } from 'vitest';
import { requireProgram } from '../../support/require.js';
import { freePort } from '../../support/port.js';
import { listensOn, startServer } from './server.js';
import type { Site } from './site.js';
import type { StaplingServer } from './stapling-server.js';

export async function startLighttpd(site: Site, context: TestContext): Promise<StaplingServer> {
  const program = requireProgram('lighttpd', 'lighttpd lighttpd-mod-openssl', context);
  const port = await freePort();
  const configuration = site.sandbox.write('lighttpd.conf', configurationOf(site, port));
  const server = await startServer([program, '-D', '-f', configuration], listensOn(port));
  const reload = () => server.signal('SIGUSR1', /server started/);
  return { ...server, port, reload, live: [`127.0.0.1:${port}`] };
}

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
