import { execa } from 'execa';
import { expect, it, type TestContext } from 'vitest';
import { keyToPem, makeAuthority, type TestCertificate } from '../support/ca.js';
import { makeKey } from '../support/keys.js';
import { requireProgram } from '../support/require.js';
import { startResponder } from '../support/responder.js';
import { runOcspbot } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { blocksOf } from '../docs/support/markdown.js';
import { comparable, stepsOf } from '../docs/support/session.js';
import { nginxConfiguration } from './support/nginx.js';
import { startOpensslResponder } from './support/openssl-responder.js';
import { freePort } from '../support/port.js';
import { listensOn, startServer, type Server } from './support/server.js';

const NAME = 'www.example.com';
const KINDS = ['rsa', 'ecdsa'] as const;
type Kind = (typeof KINDS)[number];

/** The offers by which openssl s_client gets each certificate. */
const OFFERS: Readonly<Record<string, Readonly<Record<Kind, readonly string[]>>>> = {
  'TLS 1.3': {
    rsa: ['-tls1_3', '-sigalgs', 'rsa_pss_rsae_sha256'],
    ecdsa: ['-tls1_3', '-sigalgs', 'ecdsa_secp256r1_sha256'],
  },
  'TLS 1.2': {
    rsa: ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'],
    ecdsa: ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  },
};

interface Pair {
  readonly sandbox: Sandbox;
  readonly certificates: Readonly<Record<Kind, TestCertificate>>;
  readonly port: number;
  /** Writes the configuration with the file of each entry. */
  configure(files: Readonly<Record<Kind, string>>): void;
  run(...args: readonly string[]): ReturnType<typeof runOcspbot>;
  startNginx(): Promise<Server>;
  /** Returns what a visitor sees with this offer. */
  visit(offer: readonly string[]): Promise<string>;
}

/** One name with an RSA and an ECDSA certificate, whose entries share the file that nginx staples. */
async function makePair(responder: string, context: TestContext, authority = makeAuthority()): Promise<Pair> {
  const nginx = requireProgram('nginx', 'nginx-light', context);
  const sandbox = makeSandbox();
  const issue = (kind: 'rsa-2048' | 'p-256') =>
    authority.issue({ subject: NAME, key: makeKey(kind, 'two-keys'), ocspUrls: [responder] });
  const certificates = { rsa: issue('rsa-2048'), ecdsa: issue('p-256') };
  const port = await freePort();
  const file = sandbox.path('both.ocsp');
  for (const kind of KINDS) {
    sandbox.write(`${kind}.pem`, certificates[kind].pem + authority.intermediate.pem);
    sandbox.write(`${kind}.key`, keyToPem(certificates[kind].key), 0o600);
  }
  sandbox.write('root.pem', authority.root.pem);
  const configure = (files: Readonly<Record<Kind, string>>) => {
    const domains = KINDS.map((kind) => [
      `${NAME} ${kind}`,
      { cert: sandbox.path(`${kind}.pem`), ocsp: files[kind], services: [kind] },
    ]);
    sandbox.writeConfiguration({
      ocsp_folder: '.',
      services: { rsa: { exit_bit: 2 }, ecdsa: { exit_bit: 4 } },
      domains: Object.fromEntries(domains) as object,
    });
  };
  configure({ rsa: 'both.ocsp', ecdsa: 'both.ocsp' });
  const blocks = KINDS.map(
    (kind) => `ssl_certificate ${sandbox.path(kind)}.pem; ssl_certificate_key ${sandbox.path(kind)}.key;`,
  );
  const block = `server { listen 127.0.0.1:${port} ssl; ssl_protocols TLSv1.2 TLSv1.3; ${blocks.join(' ')}
    ssl_stapling on; ssl_stapling_file ${file}; }`;
  const configuration = sandbox.write('nginx.conf', nginxConfiguration(sandbox, block));
  const options = ['-p', sandbox.folder, '-e', 'stderr', '-c', configuration];
  return {
    sandbox,
    certificates,
    port,
    configure,
    run: (...args) => runOcspbot(args, { cwd: sandbox.folder }),
    startNginx: () => startServer([nginx, ...options], listensOn(port)),
    visit: async (offer) => {
      const target = [
        '-connect',
        `127.0.0.1:${port}`,
        '-servername',
        NAME,
        '-CAfile',
        sandbox.path('root.pem'),
      ];
      const { all } = await execa('openssl', ['s_client', '-status', ...target, ...offer], {
        stdin: 'ignore',
        all: true,
      });
      return all;
    },
  };
}

/** Compares what `live` says with a session of docs/servers.md. */
async function expectDocumented({ run, port, sandbox }: Pair, session: number): Promise<void> {
  const { stdout, stderr } = await run('live', `127.0.0.1:${port}`, '--servername', NAME);
  const shown = (stderr + stdout)
    .replaceAll(`127.0.0.1:${port} (${NAME})`, 'example.com:443')
    .replaceAll(sandbox.path('both.ocsp'), '/var/lib/ocsp/example.com.ocsp-resp')
    .trimEnd();
  const documented = blocksOf('docs/servers.md').filter(({ language }) => language === 'console')[session];
  const [step] = documented === undefined ? [] : stepsOf(documented);
  expect(step?.command).toBe('ocspbot live example.com:443');
  expect(comparable(shown)).toBe(comparable(step?.output ?? ''));
}

it('one response of OpenSSL for both certificates: each visitor of nginx gets an answer about its own', async (context) => {
  const port = await freePort();
  const authority = makeAuthority();
  const pair = await makePair(`http://127.0.0.1:${port}/`, context, authority);
  const { certificates, configure, run, visit, startNginx } = pair;
  const index = KINDS.map((kind) => ({ certificate: certificates[kind], status: 'good' as const }));
  await startOpensslResponder(pair.sandbox, port, { authority, signer: authority.intermediate, index });
  const serialsFor = (text: string) => KINDS.filter((one) => isAnswered(certificates[one], text));

  // Before: each entry has a file of its own, and nginx staples that of the RSA certificate with both.
  configure({ rsa: 'both.ocsp', ecdsa: 'ecdsa.ocsp' });
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 6, stderr: '' });
  const nginx = await startNginx();
  for (const kind of KINDS) expect(serialsFor(await visit(OFFERS['TLS 1.3']?.[kind] ?? []))).toEqual(['rsa']);
  await expectDocumented(pair, 0);

  // One installation, of which both entries tell; both services are to be reloaded.
  configure({ rsa: 'both.ocsp', ecdsa: 'both.ocsp' });
  const updated = await run('ocspbot.yaml', '--json');
  expect(updated.status, updated.stderr + updated.stdout).toBe(6);
  expect(JSON.parse(updated.stdout)).toMatchObject({
    certificates: [
      { name: `${NAME} rsa`, outcome: 'updated', services: ['rsa', 'ecdsa'] },
      { name: `${NAME} ecdsa`, outcome: 'updated', services: ['rsa', 'ecdsa'] },
    ],
  });
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 0, stderr: '' });
  expect(await run('validate', 'ocspbot.yaml')).toMatchObject({ status: 0, stderr: '' });

  await nginx.signal('SIGHUP', /gracefully shutting down/);
  for (const [version, offers] of Object.entries(OFFERS)) {
    for (const kind of KINDS) {
      const text = await visit(offers[kind]);
      expect(text).toContain('Verify return code: 0 (ok)');
      expect(text, version).toMatch(
        // OpenSSL 3.5 writes rsa_pss_rsae_sha256, earlier versions RSA-PSS.
        kind === 'rsa' ? /Peer signature type: rsa/i : /Peer signature type: ecdsa/i,
      );
      expect(serialsFor(text)).toEqual(KINDS);
    }
  }
  await expectDocumented(pair, 1);
});

/** Reports whether the response that a client shows says good about a certificate. */
function isAnswered({ serialHex }: TestCertificate, text: string): boolean {
  return new RegExp(`Serial Number: ${serialHex}\\s+Cert Status: good`).test(text);
}

it('a responder that answers about one certificate is refused, with what to do instead', async (context) => {
  const authority = makeAuthority();
  const responder = await startResponder({ issuers: [authority.intermediate] });
  context.onTestFinished(() => responder.close());
  const { run, sandbox } = await makePair(responder.url, context, authority);
  const refused = await run('ocspbot.yaml');
  expect(refused.status).toBe(32);
  expect(refused.stderr).toMatch(/not good for www\.example\.com (rsa|ecdsa)/);
  expect(refused.stderr).toMatch(/hint: .*give each certificate a file and a server block of its own/);
  expect(sandbox.exists('both.ocsp')).toBe(false);
});
