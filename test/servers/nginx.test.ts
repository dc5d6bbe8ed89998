import { execa } from 'execa';
import { describe, expect, it, type TestContext } from 'vitest';
import { requireProgram } from '../support/require.js';
import { nginxConfiguration } from './support/nginx.js';
import { freePort } from './support/port.js';
import { listensOn, startServer, type Server } from './support/server.js';
import { makeSite, type Site } from './support/site.js';
import { expectNewAfter, expectStapled } from './support/stapling.js';

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

interface Nginx {
  readonly site: Site;
  readonly port: number;
  start(): Promise<Server>;
  /** `nginx -t`: would it start? */
  test(): Promise<{ readonly starts: boolean; readonly output: string }>;
}

async function makeNginx(context: TestContext): Promise<Nginx> {
  const program = requireProgram('nginx', 'nginx-light', context);
  const site = await makeSite();
  const port = await freePort();
  const configuration = site.sandbox.write('nginx.conf', configurationOf(site, port));
  const options = ['-p', site.sandbox.folder, '-e', 'stderr', '-c', configuration] as const;
  return {
    site,
    port,
    start: () => startServer([program, ...options], listensOn(port)),
    test: async () => {
      const { exitCode, stderr } = await execa(program, ['-t', ...options], { reject: false });
      return { starts: exitCode === 0, output: stderr };
    },
  };
}

describe('nginx', () => {
  it('staples what was installed, and a newer response after a reload', async (context) => {
    const { site, port, start } = await makeNginx(context);
    await site.refresh();
    const server = await start();
    await expectStapled(site, port);
    await expectNewAfter(site, port, () => server.signal('SIGHUP', /worker process \d+ exited with code 0/));
  });

  it('does not start with an empty file, and the next run puts that right', async (context) => {
    const { site, test } = await makeNginx(context);
    site.sandbox.write('site.pem.ocsp', '');
    expect(await test()).toMatchObject({ starts: false, output: expect.stringContaining('site.pem.ocsp') });
    await site.refresh();
    expect(await test()).toMatchObject({ starts: true });
  });

  it.for([
    'tryLater',
    'empty',
    'garbage',
    'reset',
    'forged',
    'foreign',
    'expired',
    'unknown',
    'revoked',
  ] as const)('starts after a run that got nothing good: %s', async (mode, context) => {
    const { site, test } = await makeNginx(context);
    await site.refresh();
    const before = site.staple();
    site.responder.set(mode);
    await site.refresh(mode === 'revoked' ? 32 : 0);
    expect(site.staple()).toEqual(before);
    expect(await test()).toMatchObject({ starts: true });
  });
});
