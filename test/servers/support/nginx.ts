import { execa } from 'execa';
import type { TestContext } from 'vitest';
import { requireProgram } from '../../support/require.js';
import type { Sandbox } from '../../support/sandbox.js';
import { freePort } from '../../support/port.js';
import { listensOn, startServer } from './server.js';
import type { Site } from './site.js';
import type { StaplingServer } from './stapling-server.js';

export interface Nginx {
  readonly port: number;
  start(): Promise<StaplingServer>;
  /** `nginx -t`: would it start? */
  test(): Promise<{ readonly starts: boolean; readonly output: string }>;
}

export async function makeNginx(site: Site, context: TestContext): Promise<Nginx> {
  const program = requireProgram('nginx', 'nginx-light', context);
  const port = await freePort();
  const configuration = site.sandbox.write('nginx.conf', configurationOf(site, port));
  const options = ['-p', site.sandbox.folder, '-e', 'stderr', '-c', configuration] as const;
  return {
    port,
    start: async () => {
      const server = await startServer([program, ...options], listensOn(port));
      const reload = () => server.signal('SIGHUP', /worker process \d+ exited with code 0/);
      return { ...server, port, reload, live: [`127.0.0.1:${port}`] };
    },
    test: async () => {
      const { exitCode, stderr } = await execa(program, ['-t', ...options], { reject: false });
      return { starts: exitCode === 0, output: stderr };
    },
  };
}

export async function startNginx(site: Site, context: TestContext): Promise<StaplingServer> {
  return await (await makeNginx(site, context)).start();
}

function configurationOf({ name, sandbox, combinedFile, stapleFile }: Site, port: number): string {
  return nginxConfiguration(
    sandbox,
    `server {
      listen 127.0.0.1:${port} ssl;
      server_name ${name};
      ssl_certificate ${combinedFile};
      ssl_certificate_key ${combinedFile};
      ssl_stapling on;
      ssl_stapling_file ${stapleFile};
    }`,
  );
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** For nginx in the foreground that writes nothing outside of the sandbox; `http` is what stands in that block. */
export function nginxConfiguration(sandbox: Sandbox, http: string): string {
  return `
    daemon off;
    # Others may not enter the sandbox of root.
    ${process.geteuid?.() === 0 ? 'user root;' : ''}
    pid ${sandbox.path('nginx.pid')};
    error_log stderr notice;
    events {}
    http {
      access_log off;
      ${TEMPORARY.map((kind) => `${kind}_temp_path ${sandbox.path(kind)};`).join(' ')}
      ${http}
    }`;
}
