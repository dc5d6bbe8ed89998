import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { execa } from 'execa';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { keyToPem, makeAuthority, makeCertificate, type TestCertificate } from '../support/ca.js';
import { requireProgram, requireRoot } from '../support/require.js';
import { startResponder, type Responder } from '../support/responder.js';
import { runOcspbot } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { blockWith } from '../docs/support/markdown.js';
import { stepsOf } from '../docs/support/session.js';
import { freePort } from '../support/port.js';
import { listensOn, startServer } from './support/server.js';

const NAME = 'mail.example.com';

interface Chain {
  readonly sandbox: Sandbox;
  readonly responder: Responder;
  readonly leaf: TestCertificate;
  readonly intermediate: TestCertificate;
  run(...args: readonly string[]): ReturnType<typeof runOcspbot>;
  /** The responses in the file. */
  blocks(): readonly Buffer[];
}

/**
 * A root, two intermediates and a server's certificate. All but the root name a responder. The server does not send the
 * upper intermediate.
 */
async function makeChain(): Promise<Chain> {
  const { root, intermediate: issuing } = makeAuthority();
  const responders: Responder[] = [];
  const start = async (issuer: TestCertificate) => {
    const one = await startResponder({ issuers: [issuer] });
    responders.push(one);
    return one;
  };
  const ofRoot = await start(root);
  const upper = makeCertificate({ subject: 'Upper', issuer: root, ca: true, ocspUrls: [ofRoot.url] });
  const responder = await start(upper);
  const intermediate = makeCertificate({
    subject: 'Chain Intermediate',
    issuer: upper,
    key: issuing.key,
    ca: true,
    ocspUrls: [responder.url],
  });
  const own = await start(intermediate);
  onTestFinished(() => Promise.all(responders.map((one) => one.close())).then(() => undefined));
  const leaf = makeCertificate({ subject: NAME, issuer: intermediate, ocspUrls: [own.url] });
  const sandbox = makeSandbox();
  sandbox.write('chain.pem', leaf.pem + intermediate.pem);
  sandbox.write('key.pem', keyToPem(leaf.key), 0o644);
  sandbox.write('root.pem', upper.pem + root.pem);
  const entry = { cert: 'chain.pem', rootchain: 'root.pem', ocsp: 'chain.ocsp', format: 'pem-chain' };
  sandbox.writeConfiguration({ ocsp_folder: '.', domains: { [NAME]: entry } });
  return {
    sandbox,
    responder,
    leaf,
    intermediate,
    run: (...args) => runOcspbot(args, { cwd: sandbox.folder }),
    blocks: () =>
      [...sandbox.text('chain.ocsp').matchAll(/-----BEGIN OCSP RESPONSE-----\n(.*?)-----END/gs)].map(
        ([, body = '']) => Buffer.from(body, 'base64'),
      ),
  };
}

/** Returns what gnutls-cli says about a server. */
async function ask(port: number, { sandbox }: Chain, context: TestContext, ...args: readonly string[]) {
  const client = requireProgram('gnutls-cli', 'gnutls-bin', context);
  const trust = ['--x509cafile', sandbox.path('root.pem'), '--verify-hostname', NAME];
  const { all } = await execa(
    client,
    [...trust, '--ocsp', '--debug=4', '-p', `${port}`, ...args, '127.0.0.1'],
    {
      input: '',
      all: true,
      reject: false,
    },
  );
  return all;
}

test('gnutls-serv sends the responses about the certificate and its intermediate', async (context) => {
  const server = requireProgram('gnutls-serv', 'gnutls-bin', context);
  const chain = await makeChain();
  const { sandbox, run, blocks } = chain;
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 2, stderr: '' });
  expect(blocks()).toHaveLength(2);
  // gnutls-serv 3.7 reads each response from a file of its own, in DER.
  const responses = blocks().flatMap((der, index) => ['--ocsp-response', sandbox.write(`${index}.der`, der)]);
  const port = await freePort();
  const keys = ['--x509certfile', sandbox.path('chain.pem'), '--x509keyfile', sandbox.path('key.pem')];
  await startServer([server, ...keys, ...responses, '--port', `${port}`, '--quiet'], listensOn(port));
  const text = await ask(port, chain, context);
  expect(text).toContain('Found OCSP response on cert 0');
  expect(text).toContain('Found OCSP response on cert 1');
  expect(text).toContain('The certificate is trusted');
});

test('Exim with GnuTLS reads the file itself', async (context) => {
  const program = requireProgram('exim4', 'exim4-daemon-light', context);
  requireRoot(context);
  const chain = await makeChain();
  const { sandbox, run } = chain;
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 2, stderr: '' });
  const port = await freePort();
  chmodSync(sandbox.folder, 0o755);
  for (const folder of ['spool', 'log']) {
    mkdirSync(sandbox.path(folder));
    execFileSync('chown', ['Debian-exim', sandbox.path(folder)]);
  }
  const configuration = sandbox.write(
    'exim.conf',
    `
primary_hostname = ${NAME}
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
tls_advertise_hosts = *
tls_certificate = ${sandbox.path('chain.pem')}
tls_privatekey = ${sandbox.path('key.pem')}
tls_ocsp_file = PEM ${sandbox.path('chain.ocsp')}
spool_directory = ${sandbox.path('spool')}
log_file_path = ${sandbox.path('log')}/%slog
pid_file_path = ${sandbox.path('exim.pid')}
keep_environment =
`,
    0o644,
  );
  await startServer([program, '-C', configuration, '-bdf'], listensOn(port));
  const text = await ask(port, chain, context, '--starttls-proto=smtp');
  const [documented] = stepsOf(blockWith('docs/servers.md', 'console', 'gnutls-cli'));
  const found = text.split('\n').filter((line) => line.includes('OCSP response on'));
  expect(found).toEqual(documented?.output.split('\n'));
  const live = await run('live', `127.0.0.1:${port}`, '--servername', NAME, '--starttls', 'smtp');
  expect(live).toMatchObject({ status: 0, stdout: expect.stringContaining('  same  ') });
});

test('without a root nothing can be told about the intermediate, and the leaf is not held up', async () => {
  const { run, blocks, sandbox } = await makeChain();
  const entry = { cert: 'chain.pem', ocsp: 'chain.ocsp', format: 'pem-chain' };
  sandbox.writeConfiguration({ ocsp_folder: '.', domains: { [NAME]: entry } });
  const first = await run('ocspbot.yaml');
  expect(first).toMatchObject({ status: 2, stderr: expect.stringContaining('name "rootchain"') });
  expect(blocks()).toHaveLength(1);
  sandbox.write('chain.pem', sandbox.text('chain.pem') + sandbox.text('root.pem'));
  // Now the server sends both intermediates, and the issuers of both are known.
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 2, stderr: '' });
  expect(blocks()).toHaveLength(3);
});

test('a failure of the intermediate does not hold up the leaf, and is made good with the next response', async () => {
  const { responder, run, blocks, intermediate } = await makeChain();
  responder.set('unauthorized', intermediate);
  const first = await run('ocspbot.yaml');
  expect(first).toMatchObject({ status: 2, stderr: expect.stringContaining('no response about the issuer') });
  expect(blocks()).toHaveLength(1);
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 0, stderr: '' });

  responder.set('good', intermediate);
  expect(await run('ocspbot.yaml', '--force')).toMatchObject({ status: 2, stderr: '' });
  expect(blocks()).toHaveLength(2);
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 0, stderr: '' });
  expect(await run('explain', NAME, 'ocspbot.yaml')).toMatchObject({ status: 0 });

  // A failure keeps the response about the intermediate that is in place.
  responder.set('revoked', intermediate);
  const before = blocks();
  const revoked = await run('ocspbot.yaml', '--force');
  expect(revoked).toMatchObject({
    status: 34,
    stderr: expect.stringMatching(/^error: .*issuer "Chain Intermediate" is revoked: .*issued again/m),
  });
  expect(blocks()[1]).toEqual(before[1]);
});
