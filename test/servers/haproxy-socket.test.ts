import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { reportOf } from '../command/support/report.js';
import { makeCertificate, makeKey } from '../support/ca.js';
import { startHaproxy } from './support/haproxy.js';
import { freePort } from '../support/port.js';
import { makeSite, type Site } from './support/site.js';
import type { StaplingServer } from './support/stapling-server.js';
import { expectStapled, staples } from './support/stapling.js';
import { writePendingReloads } from '../command/support/state.js';

const socketOf = ({ sandbox }: Site) => sandbox.path('admin.sock');

/** HAProxy with the site's first response, and a runtime socket. */
async function startWithSocket(
  site: Site,
  context: TestContext,
  stats = `${socketOf(site)} level admin`,
): Promise<StaplingServer> {
  await site.refresh();
  return await startHaproxy(site, context, [`stats socket ${stats}`]);
}

describe("HAProxy's runtime socket", () => {
  it('is given the response: no bit, no reload, and visitors have it', async (context) => {
    const site = await makeSite();
    const server = await startWithSocket(site, context);
    site.configure({
      runtime_socket: socketOf(site),
      live: { address: `127.0.0.1:${server.port}`, servername: site.name },
    });
    const old = site.staple();
    const run = await site.refreshWithNewer(0);
    expect(site.staple()).not.toEqual(old);
    expect(run.stdout).toContain('server  given 1 response\n');
    expect(run.stdout).toMatch(/^server {2}127\.0\.0\.1:\d+ \(www\.example\.com\) {2}same /m);
    expect(run.stdout).toContain('1 certificate: 1 updated; given to server; status 0\n');
    await expectStapled(site, server.port);
    expect(server.log()).not.toContain('Former worker');
    // The file is in step: after a restart it is the same.
    await server.reload();
    await expectStapled(site, server.port);
  });

  it('by TCP, and two of them', async (context) => {
    const site = await makeSite();
    const port = await freePort();
    const server = await startWithSocket(site, context, `ipv4@127.0.0.1:${port} level admin`);
    site.configure({ runtime_socket: [`127.0.0.1:${port}`, `127.0.0.1:${port}`] });
    await site.refreshWithNewer(0);
    expect(await staples(site, server.port, site.staple())).toBe(true);
  });

  it('shows a response that a delegate has signed with RSASSA-PSS', async (context) => {
    const site = await makeSite();
    const server = await startWithSocket(site, context);
    site.configure({ runtime_socket: socketOf(site) });
    const { issuer } = site.certificate;
    const key = makeKey('rsa-2048', 'delegate');
    const signer = makeCertificate({ subject: 'Signer', issuer, key, extendedKeyUsage: ['ocspSigning'] });
    site.responder.set({ kind: 'change', options: { signer, signature: 'pss-sha256' } });
    await site.refreshWithNewer(0);
    expect(await staples(site, server.port, site.staple())).toBe(true);
  });

  it('gets all responses of a service that an earlier run has left without', async (context) => {
    const site = await makeSite();
    const server = await startWithSocket(site, context);
    await site.refreshWithNewer();
    expect(await staples(site, server.port, site.staple())).toBe(false);
    site.configure({ runtime_socket: './admin.sock' });
    writePendingReloads(site.sandbox, ['server'], { stateFolder: '.ocspbot' });
    const run = await site.run('ocspbot.yaml', '--json');
    expect(run.status).toBe(0);
    expect(reportOf(run)).toMatchObject({
      reload: [],
      owed_before: ['server'],
      reloads: [{ service: 'server', outcome: 'pushed', responses: 1 }],
      certificates: [{ outcome: 'unchanged' }],
    });
    expect(await staples(site, server.port, site.staple())).toBe(true);
    expect((await site.run('ocspbot.yaml', '--quiet')).status).toBe(0);
  });
});

/** Certificates that HAProxy has not loaded, and that come first. */
function addUnknown(site: Site, ...names: readonly string[]): void {
  const { sandbox, certificate, responder } = site;
  const unknown = names.map((subject) => {
    const { issuer } = certificate;
    const entry = sandbox.writeCertificate(
      subject,
      makeCertificate({ subject, issuer, ocspUrls: [responder.url] }),
    );
    return [subject, { ...entry, services: ['server'] }] as const;
  });
  const known = { cert: site.combinedFile, ocsp: 'site.pem.ocsp', services: ['server'] };
  sandbox.writeConfiguration({
    ocsp_folder: '.',
    services: { server: { runtime_socket: socketOf(site) } },
    domains: { ...Object.fromEntries(unknown), [site.name]: known },
  });
}

describe('a runtime socket that does not take it', () => {
  it('because nobody listens there: 34, and tried again by the next run', async (context) => {
    const site = await makeSite();
    const server = await startWithSocket(site, context);
    site.configure({ runtime_socket: `${socketOf(site)}.not` });
    const run = await site.refreshWithNewer(34);
    expect(run.stderr).toMatch(/^error: server: HAProxy at \S+\.not cannot be reached: connect ENOENT/m);
    expect(run.stderr).toMatch(/^ {2}hint: .*"stats socket".*; the next run tries again$/m);
    expect(await staples(site, server.port, site.staple())).toBe(false);
    expect((await site.run('ocspbot.yaml')).status).toBe(34);
    site.configure({});
    expect((await site.run('ocspbot.yaml')).status).toBe(2);
  });

  it('does not keep the response from another socket', async (context) => {
    const site = await makeSite();
    const server = await startWithSocket(site, context);
    site.configure({ runtime_socket: [`${socketOf(site)}.not`, socketOf(site)] });
    const run = await site.refreshWithNewer(34);
    expect(run.stderr).toMatch(/^error: server: HAProxy at \S+\.not cannot be reached/m);
    expect(await staples(site, server.port, site.staple())).toBe(true);
  });

  it('for one certificate, takes those of others', async (context) => {
    const site = await makeSite();
    const server = await startWithSocket(site, context);
    addUnknown(site, 'a.example.com', 'b.example.com');
    const run = await site.refreshWithNewer(2);
    expect(run.stderr).toMatch(
      /^warning: server: HAProxy at \S+ refused the response for a\.example\.com: .*\n {2}hint: HAProxy has not loaded/m,
    );
    expect(await staples(site, server.port, site.staple())).toBe(true);
  });

  it('is made up for by a reload, where that may be run', async (context) => {
    const site = await makeSite();
    const server = await startWithSocket(site, context);
    const reload = ['kill', '-USR2', String(server.pid)];
    const live = { address: `127.0.0.1:${server.port}`, servername: site.name };
    site.configure({ runtime_socket: `${socketOf(site)}.not`, reload, live });
    await site.refreshWithNewer(34);
    const run = await site.run('ocspbot.yaml', '--reload', '--json');
    expect(run.status).toBe(0);
    expect(reportOf(run)).toMatchObject({
      reloads: [
        {
          outcome: 'reloaded',
          warning: expect.stringContaining('cannot be reached'),
          live: [{ verdict: 'same', name: site.name }],
        },
      ],
    });
  });

  it('because HAProxy has no response of this certificate yet: that a reload is left to the caller needs nobody', async (context) => {
    const site = await makeSite();
    const server = await startHaproxy(site, context, [`stats socket ${socketOf(site)} level admin`]);
    site.configure({ runtime_socket: socketOf(site) });
    const run = await site.refresh(2);
    expect(run.stderr).toMatch(/hint: HAProxy has not loaded this certificate with a response: reload it/);
    await server.reload();
    expect((await site.run('ocspbot.yaml')).status).toBe(0);
    await expectStapled(site, server.port);
  });

  it('because HAProxy could not use it from the file either', async (context) => {
    const site = await makeSite();
    await startWithSocket(site, context);
    site.configure({ runtime_socket: socketOf(site) }, { http: { hash: 'sha256' } });
    const run = await site.refreshWithNewer(34);
    expect(run.stderr).toMatch(
      /hint: HAProxy knows certificates by SHA-1 only: set http\.hash: sha1; the next run/,
    );
  });
});

type Answer = (socket: Socket, asked: string) => void;

/** A socket that answers so. */
async function startFake(site: Site, answer: Answer): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (asked) => answer(socket, asked.toString()));
  });
  await new Promise<void>((resolve) => server.listen(socketOf(site), resolve));
  onTestFinished(() => void server.close());
}

describe('something else behind the socket', () => {
  it.for<readonly [name: string, Answer, RegExp]>([
    [
      'that takes everything',
      (socket) => socket.end('OCSP Response updated!\n\n'),
      /took the response .* but shows another/,
    ],
    [
      'that shows nothing',
      (socket, asked) => socket.end(asked.startsWith('set ') ? 'OCSP Response updated!\n\n' : '\n'),
      /took the response .* but shows nothing\n {2}hint: .* raise tune\.bufsize/,
    ],
    ['that says nothing', () => undefined, /cannot be reached: it took longer than 10 seconds/],
    ['that talks without end', talk, /cannot be reached: its answer is longer than 262144 bytes/],
    [
      'that forbids it',
      (socket) => socket.end('Permission denied\n'),
      /"Permission denied"\n {2}hint: the socket needs "level admin"/,
    ],
    ['that hangs up', (socket) => socket.destroy(), /refused the response for \S+: ""/],
    [
      'that speaks to the terminal',
      (socket) => socket.end('\x1b[2J\n'),
      /refused the response for \S+: "\\x1b\[2J"/,
    ],
  ])('%s', async ([, answer, message]) => {
    const site = await makeSite();
    await site.refresh();
    await startFake(site, answer);
    site.configure({ runtime_socket: socketOf(site) });
    const run = await site.refreshWithNewer(34);
    expect(run.stderr).toMatch(message);
  });
});

function talk(socket: Socket): void {
  const more = () => {
    while (!socket.destroyed && socket.write('x'.repeat(65_536)));
  };
  socket.on('drain', more);
  more();
}
