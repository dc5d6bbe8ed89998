import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import type { TestContext } from 'vitest';
import { requireProgram, requireRoot } from '../../support/require.js';
import { freePort } from '../../support/port.js';
import { listensOn, startServer } from './server.js';
import type { Site } from './site.js';
import type { StaplingServer } from './stapling-server.js';

/** The user of Debian's Exim once it listens. */
const USER = 'Debian-exim';

export async function startExim(site: Site, context: TestContext): Promise<StaplingServer> {
  const program = requireProgram('exim4', 'exim4-daemon-light', context);
  requireRoot(context);
  const port = await freePort();
  const { sandbox } = site;
  chmodSync(sandbox.folder, 0o755);
  chmodSync(site.combinedFile, 0o644);
  for (const folder of ['spool', 'log']) {
    mkdirSync(sandbox.path(folder));
    execFileSync('chown', [USER, sandbox.path(folder)]);
  }
  const configuration = sandbox.write('exim.conf', configurationOf(site, port), 0o644);
  const server = await startServer([program, '-C', configuration, '-bdf'], listensOn(port));
  // It reads the file for each connection.
  const reload = () => Promise.resolve();
  return { ...server, port, reload, live: [`127.0.0.1:${port}`, '--starttls', 'smtp'] };
}

function configurationOf({ name, sandbox, combinedFile, stapleFile }: Site, port: number): string {
  return `
primary_hostname = ${name}
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
tls_advertise_hosts = *
tls_certificate = ${combinedFile}
tls_privatekey = ${combinedFile}
tls_ocsp_file = ${stapleFile}
spool_directory = ${sandbox.path('spool')}
log_file_path = ${sandbox.path('log')}/%slog
pid_file_path = ${sandbox.path('exim.pid')}
keep_environment =
`;
}
