import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keyToPem, makeCertificate, makeResponse } from '../support/ca.js';
import type { CertificateOptions, TestCertificate } from '../support/ca.js';
import { makeKey } from '../support/keys.js';
import { nul, octets, oid, seq } from '../support/der.js';
import { extension } from '../support/extensions.js';
import { runOcspbot } from '../support/run.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { makeStaple, TIMES, type StapleName } from './support/staples.js';
import { DAY, HOUR, NOW } from './support/times.js';
import { writePendingReloads } from './support/state.js';

const pki = openTestPki();

async function listen(server: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A TLS server that staples these octets; none for undefined. */
function serve(
  certificate: TestCertificate,
  stapled: Uint8Array | undefined,
  chain = [pki.authority.intermediate],
): Promise<number> {
  const cert = [certificate, ...chain].map(({ pem }) => pem).join('');
  const server = createTlsServer({ cert, key: keyToPem(certificate.key) }, (socket) => {
    socket.on('error', () => undefined);
  });
  server.on('OCSPRequest', (_certificate, _issuer, callback) => {
    callback(null, stapled === undefined ? (null as unknown as Buffer) : Buffer.from(stapled));
  });
  return listen(server);
}

interface Fixture {
  readonly workspace: Workspace;
  readonly certificate: TestCertificate;
  look(port: number, ...args: readonly string[]): ReturnType<Workspace['runCommand']>;
}

/** Makes a certificate and the file of its staple. */
function makeFixture(inFile: StapleName = 'fresh'): Fixture {
  const workspace = makeWorkspace(pki);
  const { certificate } = workspace.add('example.com', { staple: inFile });
  workspace.configure();
  const look: Fixture['look'] = (port, ...args) =>
    workspace.runCommand('live', `127.0.0.1:${port}`, '--servername', 'example.com', ...args);
  return { workspace, certificate, look };
}

describe('what a server staples, against a good response in the file', () => {
  const of = (name: StapleName) => (certificate: TestCertificate) => makeStaple(name, pki, certificate);
  test.for<
    readonly [
      verdict: string,
      (certificate: TestCertificate) => Uint8Array | undefined,
      status: number,
      hint: RegExp | undefined,
    ]
  >([
    ['older', (one) => pki.response(one, -2 * HOUR, DAY), 32, /reload the server/],
    ['newer', (one) => pki.response(one, -HOUR / 2, DAY), 0, undefined],
    ['absent', () => undefined, 32, /reload the server; where that does not help/],
    ['expired', of('expired'), 32, /reload the server: the response in \S+ is good/],
    ['foreign', of('foreign'), 32, /reload the server/],
    ['refused', of('revoked'), 32, /reload the server/],
    ['refused', of('corrupt'), 32, /reload the server/],
    ['refused', of('text'), 32, /reload the server/],
  ])('%s', async ([verdict, stapled, status, hint]) => {
    const { certificate, look } = makeFixture();
    const run = await look(await serve(certificate, stapled(certificate)));
    expect(run.status).toBe(status);
    const told = status === 0 ? run.stdout : run.stderr;
    expect(told).toContain(`(example.com)  ${verdict}  `);
    if (hint !== undefined) expect(run.stderr).toMatch(hint);
  });

  test('older by nextUpdate alone', async () => {
    const { workspace, certificate, look } = makeFixture();
    workspace.sandbox.write('ocsp/example.com.ocsp', pki.response(certificate, -HOUR, 7 * DAY));
    const run = await look(await serve(certificate, pki.response(certificate, -HOUR, 2 * HOUR)));
    expect(run.status).toBe(32);
    expect(run.stderr).toMatch(
      /  older {2}still serves the response that is good until \S+; that in \S+ is until \S+\n/,
    );
  });

  test('the very same, and in JSON', async () => {
    const { workspace, certificate, look } = makeFixture();
    const port = await serve(certificate, workspace.sandbox.read('ocsp/example.com.ocsp'));
    const run = await look(port, '--json');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toEqual({
      schema: 1,
      status: 0,
      servers: [
        {
          address: `127.0.0.1:${port}`,
          servername: 'example.com',
          verdict: 'same',
          message: expect.stringContaining('serves the response in '),
          name: 'example.com',
          file: workspace.sandbox.path('ocsp/example.com.ocsp'),
          this_update: expect.stringMatching(/Z$/),
          useful_until: expect.stringMatching(/Z$/),
        },
      ],
    });
  });
});

describe.for(['TLSv1.2', 'TLSv1.3'] as const)(
  'a server with an RSA and an ECDSA certificate, %s',
  (version) => {
    const KINDS = ['rsa-2048', 'p-256'] as const;

    /** Serves two certificates with one name, and staples these octets with both, as nginx does. */
    async function serveBoth(stapled: (rsa: TestCertificate, ecdsa: TestCertificate) => Uint8Array) {
      const { workspace, look } = makeFixture();
      const [rsa, ecdsa] = KINDS.map((kind) =>
        pki.issue({ subject: 'example.com', key: makeKey(kind, 'live') }),
      ) as [TestCertificate, TestCertificate];
      const { sandbox } = workspace;
      const domains = {
        rsa: sandbox.writeCertificate('rsa', rsa),
        ecdsa: sandbox.writeCertificate('ecdsa', ecdsa),
      };
      sandbox.writeConfiguration({ ocsp_folder: 'ocsp', domains });
      for (const name of ['rsa', 'ecdsa']) sandbox.write(`ocsp/${name}.ocsp`, stapled(rsa, ecdsa));
      const server = createTlsServer({
        cert: [rsa, ecdsa].map(({ pem }) => pem + pki.authority.intermediate.pem),
        key: [rsa, ecdsa].map(({ key }) => keyToPem(key)),
        minVersion: version,
        maxVersion: version,
      });
      server.on('secureConnection', (socket) => socket.on('error', () => undefined));
      server.on('OCSPRequest', (_certificate, _issuer, callback) => {
        callback(null, Buffer.from(stapled(rsa, ecdsa)));
      });
      return { look, port: await listen(server) };
    }

    test('each certificate is judged with the staple of its own handshake', async () => {
      const { look, port } = await serveBoth((_, ecdsa) => pki.response(ecdsa, -HOUR, DAY));
      const run = await look(port, '--json');
      const { servers } = JSON.parse(run.stdout) as { readonly servers: readonly { readonly key: string }[] };
      expect(run.status).toBe(32);
      expect(servers.toSorted((a, b) => a.key.localeCompare(b.key))).toMatchObject([
        { key: 'ECDSA', name: 'ecdsa', verdict: 'same' },
        {
          key: 'RSA',
          name: 'rsa',
          verdict: 'foreign',
          hint: expect.stringContaining('let both entries name'),
        },
      ]);
      const told = await look(port);
      expect(told.stdout).toMatch(/\(example\.com\) ECDSA {2}same {2}/);
      expect(told.stderr).toMatch(/\(example\.com\) RSA {2}foreign {2}/);
    });

    test('one response for both certificates is good for each', async () => {
      const times = { thisUpdate: NOW - HOUR, nextUpdate: NOW + DAY };
      const response = (...both: TestCertificate[]) => {
        const singles = both.map((certificate) => ({ certificate, ...times }));
        return makeResponse({ issuer: pki.authority.intermediate, singles });
      };
      const { look, port } = await serveBoth(response);
      const run = await look(port);
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(run.stdout).toMatch(/ (RSA|ECDSA) {2}same .*\n.* (RSA|ECDSA) {2}same /);
    });
  },
);

test('a server with certificates of three keys that staples one response for all', async () => {
  const { workspace, look } = makeFixture();
  workspace.sandbox.remove('ocspbot.yaml');
  const all = (['p-256', 'ed25519', 'rsa-2048'] as const).map((kind) =>
    pki.issue({ subject: 'example.com', key: makeKey(kind, 'three') }),
  );
  const server = createTlsServer({
    cert: all.map(({ pem }) => pem + pki.authority.intermediate.pem),
    key: all.map(({ key }) => keyToPem(key)),
  });
  server.on('secureConnection', (socket) => socket.on('error', () => undefined));
  const stapled = pki.response(all[0] as TestCertificate, -HOUR, DAY);
  server.on('OCSPRequest', (_certificate, _issuer, callback) => callback(null, Buffer.from(stapled)));
  const { status, stdout, stderr } = await look(await listen(server), '--json');
  expect(status, stderr).toBe(32);
  const { servers } = JSON.parse(stdout) as {
    readonly servers: { readonly key: string; readonly verdict: string }[];
  };
  expect(Object.fromEntries(servers.map(({ key, verdict }) => [key, verdict]))).toEqual({
    RSA: 'foreign',
    ECDSA: 'good',
    EdDSA: 'foreign',
  });
});

test.for<readonly [inFile: StapleName, served: 'fresh' | 'expired', verdict: string, status: number]>([
  ['missing', 'fresh', 'newer', 0],
  ['expired', 'fresh', 'newer', 0],
  ['expired', 'expired', 'expired', 32],
])('%s in the file, %s on the wire: %s', async ([inFile, served, verdict, status]) => {
  const { certificate, look } = makeFixture(inFile);
  const run = await look(await serve(certificate, pki.response(certificate, ...TIMES[served])));
  expect(run.status).toBe(status);
  expect(run.stdout + run.stderr).toContain(`  ${verdict}  `);
  expect(run.stderr).not.toContain('reload the server');
});

describe('a server that shows something else', () => {
  test('a certificate that is not looked after', async () => {
    const { look } = makeFixture();
    const other = pki.issue({ subject: 'other.example' });
    const run = await look(await serve(other, pki.response(other, ...TIMES.fresh)));
    expect(run.status).toBe(32);
    expect(run.stderr).toContain(
      'other-certificate  serves a certificate that is not in the configuration: "other.example"',
    );
  });

  test('nothing listens', async () => {
    const { look } = makeFixture();
    const run = await look(9);
    expect(run.status).toBe(32);
    expect(run.stderr).toMatch(
      /unreachable {2}could not be looked at: connect ECONNREFUSED 127\.0\.0\.1:9\n {2}hint: /,
    );
  });

  test('a name that nobody knows', async () => {
    const run = await runOcspbot(['live', 'www.invalid:443'], { cwd: makeWorkspace(pki).sandbox.folder });
    expect(run.status).toBe(32);
    expect(run.stderr).toMatch(
      /unreachable {2}could not be looked at: getaddrinfo \S+ www\.invalid\n {2}hint: check the name of the host; /,
    );
  });

  test('a response about another certificate, on the wire and in the file', async () => {
    const { certificate, look } = makeFixture('foreign');
    const run = await look(await serve(certificate, makeStaple('foreign', pki, certificate)));
    expect(run.status).toBe(32);
    expect(run.stderr).toMatch(/ {2}foreign {2}.*\n {2}hint: run ocspbot, then reload the server\n/);
  });

  test.for<readonly [name: string, says: string, options: readonly string[], RegExp]>([
    [
      'no TLS',
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      [],
      /could not be looked at: TLS: wrong version number\n {2}hint: /,
    ],
    ['no mail server', 'SSH-2.0-OpenSSH_9\r\n', ['--starttls', 'smtp'], /took longer than 10 seconds/],
    [
      'a mail server that is busy',
      '421 busy\r\n',
      ['--starttls', 'smtp'],
      /reply to its greeting is "421 busy/,
    ],
    ['one that ends', '', ['--starttls', 'smtp'], /the mail server has ended the connection/],
    [
      'one without end',
      `220-${'x'.repeat(100_000)}`,
      ['--starttls', 'smtp'],
      /reply to its greeting is too long/,
    ],
  ])('%s', async ([, says, options, message]) => {
    const { look } = makeFixture();
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      if (says === '') socket.end();
      else socket.write(says);
    });
    const run = await look(await listen(server), ...options);
    expect(run.status).toBe(32);
    expect(run.stderr).toMatch(message);
  });

  test('a mail server without STARTTLS', async () => {
    const { look } = makeFixture();
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('220 mail ESMTP\r\n');
      socket.once('data', () => socket.write('250-mail\r\n250 SIZE\r\n'));
    });
    const run = await look(await listen(server), '--starttls', 'smtp');
    expect(run.stderr).toContain('the mail server offers no STARTTLS');
  });
});

describe('without a configuration', () => {
  test('a response that passes is good', async () => {
    const { workspace, certificate, look } = makeFixture();
    workspace.sandbox.remove('ocspbot.yaml');
    const run = await look(await serve(certificate, pki.response(certificate, ...TIMES.fresh)));
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/ {2}good {2}serves a response that is good until /);
  });

  test.each<[Partial<CertificateOptions>, verdict: string, status: number]>([
    [{ ocspUrls: [] }, 'not-applicable', 0],
    [{ ocspUrls: [], mustStaple: true }, 'absent', 32],
    [{}, 'absent', 32],
    [{ extraExtensions: [extension('1.3.6.1.5.5.7.1.24', Uint8Array.of(5))] }, 'unreachable', 32],
  ])('none is missed only where there can be one: %j', async (options, verdict, status) => {
    const { workspace, look } = makeFixture();
    workspace.sandbox.remove('ocspbot.yaml');
    const run = await look(await serve(pki.issue(options), undefined));
    expect(run.status).toBe(status);
    expect(run.stdout + run.stderr).toContain(`  ${verdict}  `);
  });

  test('a server that sends no issuer', async () => {
    const { workspace, certificate, look } = makeFixture();
    workspace.sandbox.remove('ocspbot.yaml');
    const run = await look(await serve(certificate, pki.response(certificate, ...TIMES.fresh), []));
    expect(run.status).toBe(32);
    expect(run.stderr).toMatch(
      /no certificate of the issuer .* in the chain that the server shows\n {2}hint: let the server send its/,
    );
  });

  test('whatever else the server sends along', async () => {
    const { workspace, certificate, look } = makeFixture();
    workspace.sandbox.remove('ocspbot.yaml');
    const { root, intermediate } = pki.authority;
    const flag = Uint8Array.of(1, 1, 1); // TRUE, but not in DER
    const extra = seq(oid('1.2.3.4'), flag, octets(nul()));
    const { key, name: subject } = root;
    const odd = makeCertificate({ subject, key, ca: true, extraExtensions: [extra] });
    const response = pki.response(certificate, ...TIMES.fresh);
    const run = await look(await serve(certificate, response, [intermediate, odd]));
    expect(run).toMatchObject({ status: 0, stderr: '' });
  });

  test('and one that does not is refused, by the issuer that the server shows', async () => {
    const { workspace, certificate, look } = makeFixture();
    workspace.sandbox.remove('ocspbot.yaml');
    const run = await look(await serve(certificate, makeStaple('corrupt', pki, certificate)));
    expect(run.status).toBe(32);
    expect(run.stderr).toContain('[signature-invalid]');
  });

  test('that is named all the same, it is missed', async () => {
    const { workspace, certificate, look } = makeFixture();
    const port = await serve(certificate, undefined);
    expect((await look(port, '--config', 'not-there.yaml')).status).toBe(78);
    workspace.sandbox.write('ocspbot.yaml', 'domains: [');
    expect((await look(port)).status).toBe(78);
  });
});

test('without HOST:PORT all servers that the services name are looked at', async () => {
  const workspace = makeWorkspace(pki);
  const one = workspace.add('one.example', { staple: 'fresh', entry: { services: ['nginx'] } });
  const two = workspace.add('two.example', { staple: 'fresh', entry: { services: ['mail'] } });
  const ports = [
    await serve(one.certificate, workspace.sandbox.read(one.file)),
    await serve(two.certificate, pki.response(two.certificate, -2 * HOUR, DAY)),
  ];
  const live = (port: number | undefined, servername: string) => [
    { address: `127.0.0.1:${port}`, servername },
  ];
  workspace.configure({
    services: {
      nginx: { live: live(ports[0], 'one.example') },
      mail: { live: live(ports[1], 'two.example') },
    },
  });
  const run = await workspace.runCommand('live');
  expect(run.status).toBe(32);
  expect(run.stdout).toContain(`127.0.0.1:${ports[0]} (one.example)  same  `);
  expect(run.stderr).toContain(`127.0.0.1:${ports[1]} (two.example)  older  `);
});

describe('a certificate with a file for each of two services', () => {
  /** The server of the second has the response in its own file, which is older than that of the first. */
  async function makePair() {
    const workspace = makeWorkspace(pki);
    const { certificate, entry } = workspace.add('example.com', { staple: 'fresh' });
    const older = pki.response(certificate, -2 * HOUR, 7 * DAY);
    workspace.sandbox.write('ocsp/second.ocsp', older);
    const port = await serve(certificate, older);
    workspace.sandbox.writeConfiguration({
      ocsp_folder: 'ocsp',
      services: { first: {}, second: { live: `127.0.0.1:${port}`, reload: ['true'] } },
      domains: {
        first: { ...entry, services: ['first'] },
        second: { ...entry, ocsp: 'second.ocsp', services: ['second'] },
      },
    });
    return { workspace, port };
  }

  test.each([[[]], [['HOST:PORT']]])('live %j: it is compared with its own', async (operands) => {
    const { workspace, port } = await makePair();
    const run = await workspace.runCommand('live', ...operands.map(() => `127.0.0.1:${port}`));
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('  same  serves the response in ');
    expect(run.stdout).toContain('second.ocsp');
  });

  test('also after a reload', async () => {
    const { workspace } = await makePair();
    writePendingReloads(workspace.sandbox, ['second']);
    const run = await workspace.run('--reload');
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/^second {2}127\.\S+ {2}same {2}.*second\.ocsp/m);
  });
});

test.for<readonly [args: readonly string[], message: string]>([
  [[], 'no service has "live": name HOST:PORT'],
  [['example.com'], '"example.com" is not HOST:PORT'],
  [['example.com:0'], '"example.com:0" is not HOST:PORT'],
  [['::1:443'], '"::1:443" is not HOST:PORT'],
  [['a:1', 'b:1'], 'one HOST:PORT is enough'],
  [['a:1', '--starttls', 'imap'], '--starttls imap: only smtp is known'],
  [['a:1', '--servername', '127.0.0.1'], '--servername 127.0.0.1: an address is not a name'],
  [['--servername', 'a'], '--servername and --starttls are for the HOST:PORT'],
])('64: live %j', async ([args, message]) => {
  const { workspace } = makeFixture();
  const run = await workspace.runCommand('live', ...args);
  expect(run.status).toBe(64);
  expect(run.stderr).toContain(message);
});

describe('a run that reloads looks whether it helped', () => {
  /** A service whose reload does nothing, so that its server keeps the old response. */
  async function makeStubborn(stapled: (certificate: TestCertificate) => Uint8Array | undefined) {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('example.com', { staple: 'due', entry: { services: ['nginx'] } });
    const port = await serve(certificate, stapled(certificate));
    const live = { address: `127.0.0.1:${port}`, servername: 'example.com' };
    workspace.configure({ services: { nginx: { reload: ['true'], live } }, run_reloads: true });
    return workspace;
  }

  test('34 where visitors still get the old one, and the next run tries again', async () => {
    const workspace = await makeStubborn((one) => pki.response(one, ...TIMES.due));
    const run = await workspace.run();
    expect(run.status).toBe(34);
    expect(run.stderr).toMatch(
      /^error: nginx: reloaded, but \S+ \(example\.com\) still serves the response of \S+; that in \S+ is of \S+\n {2}hint: reload the server: .*; the next run tries again\n/,
    );
    const next = await workspace.run('--json');
    expect(next.status).toBe(34);
    expect(JSON.parse(next.stdout)).toMatchObject({
      owed_before: ['nginx'],
      reloads: [{ outcome: 'failed', step: 'live', reason: 'older' }],
    });
  });

  test('a server that says nothing is not waited for without end', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'due', entry: { services: ['nginx'] } });
    let looks = 0;
    const server = createTcpServer((socket) => {
      looks += 1;
      socket.on('error', () => undefined);
    });
    const live = `127.0.0.1:${await listen(server)}`;
    workspace.configure({ services: { nginx: { reload: ['true'], live } }, run_reloads: true });
    const run = await workspace.run();
    expect(run.status).toBe(34);
    expect(run.stderr).toContain('could not be looked at: it took longer than 10 seconds');
    expect(looks).toBe(2);
  });

  test('what has no good response in its file is no reason to reload again', async () => {
    const workspace = makeWorkspace(pki);
    const good = workspace.add('example.com', { staple: 'due', entry: { services: ['nginx'] } });
    const { certificate } = workspace.add('none.example', {
      certificate: { ocspUrls: [] },
      entry: { services: ['nginx'] },
    });
    const newer = pki.response(good.certificate, -HOUR / 2, 7 * DAY);
    const ports = [await serve(good.certificate, newer), await serve(certificate, undefined)];
    const live = ports.map((port) => `127.0.0.1:${port}`);
    workspace.configure({ services: { nginx: { reload: ['true'], live } }, run_reloads: true });
    const run = await workspace.run();
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain(`nginx  ${live[1]}  not-applicable  serves no response, nor can it: `);
  });

  test('0 where they get a new one, and the report says so', async () => {
    const workspace = await makeStubborn((one) => pki.response(one, -HOUR / 2, 7 * DAY));
    const run = await workspace.run();
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(
      /^nginx {2}reloaded\nnginx {2}127\.0\.0\.1:\d+ \(example\.com\) {2}newer {2}/m,
    );
  });
});
