import type { TestContext } from 'vitest';
import { requireProgram } from '../../support/require.js';
import { freePort } from '../../support/port.js';
import { listensOn, startServer } from './server.js';
import type { Site } from './site.js';
import type { StaplingServer } from './stapling-server.js';

/** `global`: lines for that section, such as a runtime socket. */
export async function startHaproxy(
  site: Site,
  context: TestContext,
  global: readonly string[] = [],
): Promise<StaplingServer> {
  const program = requireProgram('haproxy', 'haproxy', context);
  const port = await freePort();
  const configuration = site.sandbox.write('haproxy.cfg', haproxyConfiguration(site, port, global));
  const server = await startServer([program, '-W', '-db', '-f', configuration], listensOn(port));
  const reload = () => server.signal('SIGUSR2', /Former worker .* exited/);
  return { ...server, port, reload, live: [`127.0.0.1:${port}`] };
}

/** Makes a configuration that serves one certificate, whose response lies beside its file. */
export function haproxyConfiguration(
  { combinedFile }: Pick<Site, 'combinedFile'>,
  port: number,
  global: readonly string[] = [],
): string {
  return `
global
${global.map((line) => `  ${line}\n`).join('')}
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
