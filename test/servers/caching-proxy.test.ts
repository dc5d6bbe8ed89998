import { describe, expect, it, type TestContext } from 'vitest';
import { makeAuthority } from '../support/ca.js';
import { requireProgram } from '../support/require.js';
import { startResponder, type Responder } from '../support/responder.js';
import { runOcspbot, type Run } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { nginxConfiguration } from './support/nginx.js';
import { freePort } from '../support/port.js';
import { listensOn, startServer } from './support/server.js';

/** Keeps answers to GET for a day, whatever the responder says. */
function configurationOf(
  sandbox: Sandbox,
  port: number,
  responder: Responder,
  heedsNoCache: boolean,
): string {
  return nginxConfiguration(
    sandbox,
    `proxy_cache_path ${sandbox.path('cache')} keys_zone=ocsp:1m;
    server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass ${new URL(responder.url).origin};
        proxy_cache ocsp;
        proxy_cache_valid 200 1d;
        ${heedsNoCache ? 'proxy_cache_bypass $http_cache_control;' : ''}
      }
    }`,
  );
}

interface Fixture {
  readonly responder: Responder;
  /** Methods that the responder itself has seen. */
  seen(): string[];
  run(): Promise<Run>;
}

async function makeFixture(context: TestContext, heedsNoCache: boolean): Promise<Fixture> {
  const program = requireProgram('nginx', 'nginx-light', context);
  const [sandbox, authority, port] = [makeSandbox(), makeAuthority(), await freePort()];
  const responder = await startResponder({ issuers: [authority.intermediate] });
  context.onTestFinished(() => responder.close());
  const configuration = sandbox.write('nginx.conf', configurationOf(sandbox, port, responder, heedsNoCache));
  await startServer([program, '-e', 'stderr', '-c', configuration], listensOn(port));
  const certificate = authority.issue({ ocspUrls: [`http://127.0.0.1:${port}/`] });
  const file = sandbox.writeConfiguration({
    ocsp_folder: '.',
    domains: { 'example.com': sandbox.writeCertificate('example.com', certificate) },
  });
  return {
    responder,
    seen: () => responder.requests.map(({ method }) => method),
    run: () => runOcspbot([file, '--verbose', '--force'], { cwd: sandbox.folder }),
  };
}

describe('nginx as a cache before the responder', () => {
  it('remembers unauthorized, and is passed by no-cache', async (context) => {
    const { responder, run, seen } = await makeFixture(context, true);
    responder.set('unauthorized');
    expect((await run()).status).toBe(32);
    responder.reset();
    const { status, stdout } = await run();
    expect(status, stdout).toBe(2);
    expect(stdout).toMatch(/by GET: responder-unauthorized: .*\n.* by GET past caches: good\n/);
    // The first one is answered by the cache.
    expect(seen()).toEqual(['GET']);
    // The cache now has the response that bypassed it.
    responder.reset();
    await run();
    expect(seen()).toEqual([]);
  });

  it('remembers it and does not heed no-cache: POST passes it', async (context) => {
    const { responder, run, seen } = await makeFixture(context, false);
    responder.set('unauthorized');
    expect((await run()).status).toBe(32);
    responder.reset();
    expect((await run()).status).toBe(2);
    expect(seen()).toEqual(['POST']);
  });

  it('keeps a response beyond its end', async (context) => {
    const { responder, run, seen } = await makeFixture(context, true);
    responder.set('expired');
    expect((await run()).status).toBe(32);
    responder.reset();
    const { status, stdout } = await run();
    expect(status).toBe(2);
    expect(stdout).toMatch(/by GET: response-expired: .*\n.* by GET past caches: good\n/);
    expect(seen()).toEqual(['GET']);
  });
});
