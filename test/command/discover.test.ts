import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execFileSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { makeAuthority, makeKey, type TestCertificate } from '../support/ca.js';
import { extension } from '../support/extensions.js';
import { keyToPem } from '../support/keys.js';
import { requireRoot } from '../support/require.js';
import { runOcspbot, type Run } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { openTestPki } from './support/test-pki.js';
import { forUnprivilegedUser } from './support/unprivileged-user.js';

const pki = openTestPki();
const SCHEMA = join(import.meta.dirname, '../../dist/schemas/ocspbot.yaml.schema.json');
const issuer = () => pki.authority.intermediate.pem;
const issue = (subject: string, more: Parameters<typeof pki.issue>[0] = {}) =>
  pki.issue({ subject, ocspUrls: [pki.responder.url], ...more });
const full = (certificate: TestCertificate) => certificate.pem + issuer();

/** CRLDistributionPoints: http://crl.example. */
const CRL_POINTS = Buffer.from(
  `301a3018a016a0148612${Buffer.from('http://crl.example').toString('hex')}`,
  'hex',
);

interface Written {
  readonly ocsp_folder?: string;
  readonly services?: Readonly<
    Record<string, { exit_bit: number; reload: string[]; test?: string[]; live?: object[] }>
  >;
  readonly domains: Readonly<
    Record<string, { cert: string; chain?: string; ocsp: string; format?: string; services?: string[] }>
  >;
}

/** Runs discover in a sandbox, with a folder for responses in it. */
async function discover(sandbox: Sandbox, ...args: string[]): Promise<Run & { written: Written }> {
  mkdirSync(sandbox.path('ocsp'), { recursive: true });
  const run = await runOcspbot(['discover', '--ocsp-folder', 'ocsp', ...args], { cwd: sandbox.folder });
  return { ...run, written: parse(run.stdout) as Written };
}

async function validates(sandbox: Sandbox, text: string): Promise<void> {
  sandbox.write('written.yaml', text);
  const run = await runOcspbot(['validate', 'written.yaml'], { cwd: sandbox.folder });
  expect(run.status, run.stderr + text).toBe(0);
}

describe('folders of ACME clients', () => {
  const archive = (sandbox: Sandbox, name: string, certificate: TestCertificate) => {
    const files = {
      cert: certificate.pem,
      chain: issuer(),
      fullchain: full(certificate),
      privkey: keyToPem(certificate.key),
    };
    for (const [file, text] of Object.entries(files)) {
      sandbox.write(`le/archive/${name}/${file}1.pem`, issue(name, { notAfter: Date.now() + 1e8 }).pem);
      sandbox.write(`le/archive/${name}/${file}2.pem`, text);
      mkdirSync(sandbox.path(`le/live/${name}`), { recursive: true });
      symlinkSync(`../../archive/${name}/${file}2.pem`, sandbox.path(`le/live/${name}/${file}.pem`));
    }
  };

  test('each certificate is found once, in the file that a server would name', async () => {
    const sandbox = makeSandbox();
    archive(sandbox, 'certbot.example', issue('certbot.example'));
    const dehydrated = issue('dehydrated.example');
    sandbox.write(
      'certs/dehydrated.example/cert-1700000000.pem',
      issue('dehydrated.example', { notAfter: Date.now() + 1e8 }).pem,
    );
    for (const [file, text] of [
      ['cert', dehydrated.pem],
      ['chain', issuer()],
      ['fullchain', full(dehydrated)],
    ] as const) {
      sandbox.write(`certs/dehydrated.example/${file}-1800000000.pem`, text);
      symlinkSync(`${file}-1800000000.pem`, sandbox.path(`certs/dehydrated.example/${file}.pem`));
    }
    const acme = issue('acme.example');
    sandbox.write('.acme.sh/acme.example_ecc/acme.example.cer', acme.pem);
    sandbox.write('.acme.sh/acme.example_ecc/ca.cer', issuer());
    sandbox.write('.acme.sh/acme.example_ecc/fullchain.cer', full(acme));
    sandbox.write('.acme.sh/acme.example_ecc/acme.example.key', keyToPem(acme.key));
    sandbox.write('.acme.sh/acme.example_ecc/backup/fullchain.bak', full(issue('before.example')));
    const lego = issue('lego.example');
    sandbox.write('.lego/certificates/lego.example.crt', lego.pem);
    sandbox.write('.lego/certificates/lego.example.issuer.crt', issuer());
    sandbox.write('.step/certs/root_ca.crt', pki.authority.root.pem);
    sandbox.write('.step/certs/step.crt', full(issue('step.example')));
    const { written, stdout, status } = await discover(sandbox, 'le', 'certs', '.acme.sh', '.lego', '.step');
    const files = Object.entries(written.domains).map(([name, { cert, chain }]) =>
      [name, cert, chain].map((path) => path?.replace(`${sandbox.folder}/`, '')),
    );
    expect(files).toEqual([
      ['certbot.example', 'le/live/certbot.example/fullchain.pem', undefined],
      ['dehydrated.example', 'certs/dehydrated.example/fullchain.pem', undefined],
      ['acme.example', '.acme.sh/acme.example_ecc/fullchain.cer', undefined],
      ['lego.example', '.lego/certificates/lego.example.crt', '.lego/certificates/lego.example.issuer.crt'],
      ['step.example', '.step/certs/step.crt', undefined],
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain('# certbot renews it');
    await validates(sandbox, stdout);
  });

  test('an entry has the name by which the hook of the client asks for it', async () => {
    const sandbox = makeSandbox();
    sandbox.write('le/live/a.example-0001/fullchain.pem', full(issue('a.example')));
    sandbox.write('certs/wildcard/fullchain.pem', full(issue('*.b.example')));
    const { written } = await discover(sandbox, 'le', 'certs');
    expect(Object.keys(written.domains)).toEqual(['a.example-0001', 'wildcard']);
  });

  test('a folder of certificates that an ACME client only keeps: said, with the folder to name', async () => {
    const sandbox = makeSandbox();
    for (const file of ['cert1', 'fullchain1', 'cert2', 'fullchain2'])
      sandbox.write(`le/archive/a.example/${file}.pem`, full(issue('a.example')));
    const { status, stdout, stderr } = await discover(sandbox, 'le/archive');
    expect([status, stdout]).toEqual([32, '']);
    expect(stderr).toMatch(
      /each of 4 files, such as "\S+1\.pem", was left out: an ACME client keeps it.*\n {2}hint: .*\/live/,
    );
  });

  test('loops, keys, other files and names of strangers do no harm', async () => {
    const sandbox = makeSandbox();
    const key = keyToPem(makeKey('p-256'));
    sandbox.write('certs/a.pem', key + full(issue('a.example')));
    sandbox.write('certs/key.pem', key);
    sandbox.write(
      'certs/random',
      Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)),
    );
    sandbox.write('certs/empty', '');
    sandbox.write('certs/broken.pem', '-----BEGIN CERTIFICATE-----\nMII');
    sandbox.write('certs/b\u001b[31m.pem', full(issue('b.example')));
    sandbox.write("certs/c: 'd' #e.pem", full(issue('*.c.example')));
    sandbox.write('certs/evil.pem', full(issue('x', { subjectAltNames: ['y\n  evil: {}'] })));
    symlinkSync('..', sandbox.path('certs/loop'));
    symlinkSync('nowhere', sandbox.path('certs/dangling'));
    execFileSync('mkfifo', [sandbox.path('certs/fifo')]);
    const run = await discover(sandbox, '.');
    expect(Object.keys(run.written.domains)).toEqual(
      expect.arrayContaining(['a.example', '*.c.example', 'y___evil____']),
    );
    expect(run.written.domains).not.toHaveProperty('evil');
    expect(Object.keys(run.written.domains)).toHaveLength(3);
    expect(run.stderr).toContain('has a name that no configuration may have');
    expect(run.stdout + run.stderr).not.toContain('\u001b');
    const [, secret = ''] = key.split('\n');
    expect(run.stdout + run.stderr).not.toContain(secret);
    await validates(sandbox, run.stdout);
  });
});

describe('what is said of certificates', () => {
  test('those that need nothing, and those that need attention', async () => {
    const sandbox = makeSandbox();
    const now = Date.now();
    const options: Readonly<Record<string, Parameters<typeof pki.issue>[0]>> = {
      plain: { ocspUrls: [], extraExtensions: [extension('2.5.29.31', CRL_POINTS)] },
      silent: { ocspUrls: [] },
      short: { ocspUrls: [], notBefore: now - 1e8, notAfter: now + 4e8 },
      none: { ocspUrls: [], noRevAvail: true },
      must: { ocspUrls: [], mustStaple: true },
      ldap: { ocspUrls: ['ldap://ldap.example/'] },
      expired: { notBefore: now - 2e9, notAfter: now - 1e9 },
      early: { notBefore: now + 1e9 },
    };
    for (const [name, more] of Object.entries(options))
      sandbox.write(`c/${name}.pem`, full(issue(`${name}.example`, more)));
    sandbox.write('lonely/lonely.pem', issue('lonely.example').pem);
    sandbox.write('c/good.pem', full(issue('good.example')));
    const { stdout, stderr, status, written } = await discover(sandbox, 'c', 'lonely');
    expect(status).toBe(32);
    expect(Object.keys(written.domains)).toEqual(['good.example']);
    const said: Readonly<Record<string, RegExp>> = {
      plain: /^plain\.example \S+: names no OCSP responder: .*nothing to do$/m,
      silent:
        /^silent\.example \S+: names no OCSP responder: .*responder that you name by ocsp_responder_uri$/m,
      short: /^short\.example .* short-lived/m,
      none: /^none\.example .*noRevAvail/m,
      must: /^warning: must\.example .*must-staple, but names no OCSP responder/m,
      ldap: /^warning: ldap\.example .*neither http nor https/m,
      expired: /^warning: expired\.example .*expired at/m,
      early: /^warning: early\.example .*valid only from/m,
      lonely: /^warning: lonely\.example .*no certificate of its issuer/m,
    };
    for (const pattern of Object.values(said)) expect(stderr).toMatch(pattern);
    for (const name of Object.keys(said)) expect(stdout).toMatch(new RegExp(`^# ${name}\\.example \\(`, 'm'));
  });

  test('certificates that need nothing are no reason for attention', async () => {
    const sandbox = makeSandbox();
    sandbox.write('c/a.pem', full(issue('a.example', { ocspUrls: [] })));
    sandbox.write('c/b.pem', full(issue('b.example')));
    expect((await discover(sandbox, 'c')).status).toBe(0);
  });

  test('certificates that have no name but addresses do not replace each other', async () => {
    const sandbox = makeSandbox();
    for (const last of [1, 2]) {
      // A SubjectAltName with the address 10.0.0.1 or 10.0.0.2.
      const name = Buffer.from(`300f0603551d110408300687040a00000${last}`, 'hex');
      const notAfter = Date.now() + last * 1e9;
      sandbox.write(`c/${last}.pem`, full(issue('host', { extraExtensions: [name], notAfter })));
    }
    expect(Object.keys((await discover(sandbox, 'c')).written.domains)).toHaveLength(2);
  });

  test('nothing is written without any certificate', async () => {
    const sandbox = makeSandbox();
    const run = await discover(sandbox, 'ocsp', '--write', 'new.yaml');
    expect(run).toMatchObject({
      status: 32,
      stdout: '',
      stderr: expect.stringContaining('no certificate was found'),
    });
    expect(sandbox.exists('new.yaml')).toBe(false);
    sandbox.write('key.pem', keyToPem(makeKey('p-256')));
    expect((await discover(sandbox, 'key.pem')).stderr).toMatch(/key\.pem holds a private key/);
    expect((await discover(sandbox, 'absent')).stderr).toMatch(/"\S+absent" does not exist/);
  });
});

const NGINX = (folder: string) => `http {
  server { listen 443 ssl; server_name a.example; ssl_certificate ${folder}/a.pem; }
  server { listen 443 ssl; server_name b.example; ssl_certificate ${folder}/b-ec.pem; ssl_certificate ${folder}/b-rsa.pem; }
}`;

function nginxMachine(): Sandbox {
  const sandbox = makeSandbox();
  sandbox.write('c/a.pem', full(issue('a.example')));
  sandbox.write('c/b-ec.pem', full(issue('b.example')));
  sandbox.write('c/b-rsa.pem', full(issue('b.example', { key: makeKey('rsa-2048') })));
  sandbox.write('nginx.conf', NGINX(sandbox.path('c')));
  return sandbox;
}

describe('a configuration for nginx', () => {
  test('has entries, the service, and the lines to add with their traps', async () => {
    const sandbox = nginxMachine();
    const { written, stdout, status } = await discover(sandbox, 'nginx.conf');
    expect(status).toBe(0);
    expect(written).toMatchObject({
      services: {
        nginx: {
          exit_bit: 2,
          reload: ['systemctl', 'reload', 'nginx'],
          live: [{ address: '127.0.0.1:443', servername: 'a.example' }],
        },
      },
      domains: {
        'a.example': { cert: sandbox.path('c/a.pem'), ocsp: 'a.example.ocsp-resp', services: ['nginx'] },
        'b.example-ecdsa': { ocsp: 'b.example-ecdsa.ocsp-resp' },
        'b.example-rsa': { ocsp: 'b.example-rsa.ocsp-resp' },
      },
    });
    expect(stdout.split('\n')).toContain(`# yaml-language-server: $schema=${pathToFileURL(SCHEMA).href}`);
    expect(stdout).toContain(
      `#   ssl_stapling on;\n  #   ssl_stapling_file ${sandbox.path('ocsp/a.example.ocsp-resp')};`,
    );
    expect(stdout).toMatch(/# nginx, \S+nginx\.conf:3: this server block has several certificates/);
    await validates(sandbox, stdout);
  });

  test('warns of the file of another certificate, also where there is nothing to staple', async () => {
    const sandbox = makeSandbox();
    const server = (name: string) => `server { listen 443 ssl; ssl_certificate c/${name}.pem; }`;
    sandbox.write('c/a.pem', full(issue('a.example')));
    sandbox.write('c/d.pem', full(issue('d.example', { ocspUrls: [] })));
    const text = `http { ssl_stapling on; ssl_stapling_file c/s;\n${server('d')}\n${server('a')} }`;
    sandbox.write('nginx.conf', text);
    const { status, stderr, written } = await discover(sandbox, 'nginx.conf');
    expect(stderr).toMatch(
      /conf:2 staples \S+\/c\/s, which is for the certificate a\.example\n.*"ssl_stapling off;"/,
    );
    expect([status, Object.keys(written.domains)]).toEqual([32, ['a.example']]);
  });

  test('is written once, and replaced only when told', async () => {
    const sandbox = nginxMachine();
    const write = (...args: string[]) =>
      runOcspbot(['discover', 'nginx.conf', '--ocsp-folder', 'made/ocsp', '--write', 'o.yaml', ...args], {
        cwd: sandbox.folder,
      });
    const first = await write();
    expect(first).toMatchObject({ status: 0, stdout: '' });
    expect(first.stderr).toContain('next: ocspbot ');
    expect(await runOcspbot(['validate', 'o.yaml'], { cwd: sandbox.folder })).toMatchObject({ status: 0 });
    sandbox.write('o.yaml', 'mine');
    expect(await write()).toMatchObject({ status: 73, stderr: expect.stringContaining('--force') });
    expect(sandbox.text('o.yaml')).toBe('mine');
    expect(await write('--force')).toMatchObject({ status: 0 });
    expect(sandbox.text('o.yaml')).toContain('a.example:');
  });

  test.for(['link', 'folder', 'absent/o.yaml', 'other.key', 'other.der'])(
    'never replaces %s, and makes no folder then',
    async (name) => {
      const sandbox = nginxMachine();
      sandbox.write('mine', 'mine');
      symlinkSync('mine', sandbox.path('link'));
      mkdirSync(sandbox.path('folder'));
      sandbox.write('other.key', keyToPem(makeKey('p-256')));
      sandbox.write('other.der', makeAuthority().root.der);
      const before = sandbox.snapshot();
      const args = ['discover', 'nginx.conf', '--ocsp-folder', 'made', '--write', name, '--force'];
      expect(await runOcspbot(args, { cwd: sandbox.folder })).toMatchObject({
        status: 73,
        stderr: expect.stringContaining('nothing was written'),
      });
      expect(sandbox.snapshot()).toEqual(before);
    },
  );

  test('where there is no folder for responses, they go beside the certificates, and nothing is written', async () => {
    const sandbox = nginxMachine();
    const before = sandbox.snapshot();
    const run = await runOcspbot(['discover', 'nginx.conf', '--json'], { cwd: sandbox.folder });
    expect(sandbox.snapshot()).toEqual(before);
    const report = JSON.parse(run.stdout) as {
      entries: { ocsp: string }[];
      configuration: string;
      servers: object[];
    };
    expect(report).toMatchObject({
      status: 0,
      servers: [{ server: 'nginx', service: 'nginx', certificates: 3 }],
    });
    await validates(sandbox, report.configuration);
  });
});

test.for([
  ['c/a.pem', 'it holds a certificate'],
  ['c', 'it is a folder'],
  ['nginx.conf', 'it holds text'],
  ['/dev/null', 'it is not a regular file'],
])('a server that staples %s gets another file: %s', async ([staple, what]) => {
  const sandbox = makeSandbox();
  sandbox.write('c/a.pem', full(issue('a.example')));
  mkdirSync(sandbox.path('ocsp/a.example.ocsp-resp'), { recursive: true });
  const server = `server { listen 443 ssl; ssl_certificate c/a.pem; ssl_stapling on; ssl_stapling_file ${staple}; }`;
  sandbox.write('nginx.conf', `http { ${server} }`);
  const { status, stdout, stderr, written } = await discover(sandbox, 'nginx.conf');
  expect(stderr).toMatch(
    new RegExp(`nginx\\.conf:1 staples \\S+, which is not a response: ${what}\\n.* another file`),
  );
  expect([status, written.domains['a.example']?.ocsp]).toEqual([32, 'a.example-2.ocsp-resp']);
  await validates(sandbox, stdout);
});

test('a file that two paths lead to is in one entry', async () => {
  const sandbox = makeSandbox();
  sandbox.write('certs/a.pem', full(issue('a.example')));
  sandbox.write('ocsp/kept', '');
  symlinkSync('certs', sandbox.path('link'));
  symlinkSync('../ocsp/a.der', sandbox.path('certs/a.pem.ocsp'));
  const crt = ['link', 'certs/a.pem'].map((path) => `crt ${sandbox.path(path)}`).join(' ');
  sandbox.write('haproxy.cfg', `frontend f\n  bind :1 ssl ${crt}\n`);
  const server = `server { listen 2 ssl; ssl_certificate certs/a.pem; ssl_stapling on; ssl_stapling_file ocsp/a.der; }`;
  sandbox.write('nginx.conf', `http { ${server} }`);
  for (const target of ['absent', 'present']) {
    if (target === 'present') sandbox.write('ocsp/a.der', '');
    const { written, stdout } = await discover(sandbox, 'haproxy.cfg', 'nginx.conf');
    expect(Object.keys(written.domains)).toEqual(['a.example']);
    expect(written.domains['a.example']?.services).toEqual(['haproxy', 'nginx']);
    await validates(sandbox, stdout);
  }
});

describe('issuers that are fetched', () => {
  async function publish(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<string> {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const other = makeAuthority({ name: 'Test' });
  const pkcs7 = (sandbox: Sandbox, form: 'DER' | 'PEM') => {
    const file = sandbox.write('issuers.pem', pki.authority.root.pem + issuer());
    return execFileSync('openssl', ['crl2pkcs7', '-nocrl', '-certfile', file, '-outform', form]);
  };
  const answers: Readonly<Record<string, (sandbox: Sandbox) => Uint8Array | string>> = {
    DER: () => pki.authority.intermediate.der,
    PEM: () => issuer(),
    'PKCS#7 in DER': (sandbox) => pkcs7(sandbox, 'DER'),
    'PKCS#7 in PEM': (sandbox) => pkcs7(sandbox, 'PEM'),
  };

  test.for(Object.entries(answers))('%s is accepted, kept and found again', async ([, body]) => {
    const sandbox = makeSandbox();
    const url = await publish((request, response) => {
      if (request.url !== '/ca') response.writeHead(302, { Location: '/ca' }).end();
      else response.end(body(sandbox));
    });
    sandbox.write('c/a.pem', issue('a.example', { caIssuers: ['ldap://x/', `${url}/moved`] }).pem);
    const first = await discover(sandbox, 'c', '--fetch-issuers');
    expect(first, first.stderr).toMatchObject({ status: 0 });
    const [file = ''] = sandbox.list('ocsp/issuers');
    expect(first.stderr).toContain(`is kept in ${sandbox.path(`ocsp/issuers/${file}`)}`);
    expect(first.written.domains['a.example']?.chain).toBe(sandbox.path(`ocsp/issuers/${file}`));
    await validates(sandbox, first.stdout);
    expect((await discover(sandbox, 'c')).status).toBe(0);
  });

  test('a place that fails is no trouble once the issuer is found elsewhere', async () => {
    const sandbox = makeSandbox();
    const url = await publish((request, response) => {
      if (request.url === '/ca') response.end(issuer());
      else response.writeHead(503).end();
    });
    sandbox.write('c/a.pem', issue('a.example', { caIssuers: [`${url}/down`] }).pem);
    sandbox.write('c/b.pem', issue('b.example', { caIssuers: [`${url}/ca`] }).pem);
    const { status, stderr, written } = await discover(sandbox, 'c', '--fetch-issuers');
    expect(stderr).not.toContain('/down');
    expect(status, stderr).toBe(0);
    expect(Object.keys(written.domains)).toEqual(['a.example', 'b.example']);
  });

  const refused: Readonly<Record<string, (response: ServerResponse) => void>> = {
    'an issuer of the same name with another key': (response) => void response.end(other.intermediate.der),
    'a page': (response) => void response.end('<html>'),
    'an error': (response) => void response.writeHead(404).end(pki.authority.intermediate.der),
    'too much': (response) =>
      void response.end(Buffer.concat([pki.authority.intermediate.der, Buffer.alloc(100_000)])),
    'a redirect without end': (response) => void response.writeHead(302, { Location: '/' }).end(),
    'a cut PKCS#7': (response) => void response.end(Buffer.from('308006092a864886f70d010702a0', 'hex')),
    nothing: (response) => void response.end(),
  };

  test('what is not the issuer is refused, and nothing is kept', async () => {
    const sandbox = makeSandbox();
    const kinds = Object.values(refused);
    const url = await publish((request, response) => kinds[Number(request.url?.slice(1)) || 0]?.(response));
    for (const index of kinds.keys())
      sandbox.write(`c/${index}/a.pem`, issue(`${index}.example`, { caIssuers: [`${url}/${index}`] }).pem);
    const { status, stderr, stdout } = await discover(sandbox, 'c', '--fetch-issuers');
    expect(status).toBe(32);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/\/0 publishes did not sign \S+a\.pem: it is not used/);
    for (const index of [...kinds.keys()].slice(1)) expect(stderr).toContain(`${url}/${index}`);
    expect(sandbox.exists('ocsp/issuers')).toBe(false);
  });
});

describe('discover --check', () => {
  interface Site {
    readonly http?: string;
    readonly inConfiguration?: boolean;
    readonly staple?: boolean;
    readonly certificate?: Parameters<typeof pki.issue>[0];
  }

  async function check(server: string, { inConfiguration = true, staple = true, certificate = {} }: Site) {
    const sandbox = makeSandbox();
    sandbox.write('a.pem', full(issue('a.example', certificate)));
    sandbox.write('b.pem', full(issue('b.example')));
    if (staple) sandbox.write('a.ocsp', pki.response(issue('x'), 0, 1e8));
    const text = server.replaceAll('@', sandbox.folder);
    sandbox.write(
      'nginx.conf',
      `http { server { listen 443 ssl; ssl_certificate ${sandbox.path('a.pem')}; ${text} } }`,
    );
    const entry = (name: string) => ({ cert: `${name}.pem`, ocsp: `${name}.ocsp` });
    sandbox.writeConfiguration({
      ocsp_folder: '.',
      domains: { b: entry('b'), ...(inConfiguration ? { a: entry('a') } : {}) },
    });
    const run = await runOcspbot(['discover', '--check', 'ocspbot.yaml', 'nginx.conf', '--json'], {
      cwd: sandbox.folder,
    });
    const { findings } = JSON.parse(run.stdout) as { findings: { code: string; hint: string }[] };
    expect(run.status).toBe(findings.length === 0 ? 0 : 32);
    for (const { hint } of findings) expect(hint).not.toBe('');
    return findings.map(({ code }) => code);
  }

  const STAPLES = 'ssl_stapling on; ssl_stapling_file @/a.ocsp;';
  test.for([
    ['all is well', STAPLES, {}, []],
    ['nobody looks after it', STAPLES, { inConfiguration: false }, ['not-looked-after']],
    ['the server is not told', '', {}, ['not-stapled']],
    ['one of two lines', 'ssl_stapling_file @/a.ocsp;', {}, ['not-stapled']],
    ['another file', 'ssl_stapling on; ssl_stapling_file @/b.pem;', {}, ['other-file']],
    ['a missing file', STAPLES, { staple: false }, ['file-missing']],
    ['must-staple', '', { certificate: { mustStaple: true } }, ['must-staple-without-staple']],
    ['must-staple with a staple', STAPLES, { certificate: { mustStaple: true } }, []],
    [
      'no responder',
      STAPLES,
      { certificate: { ocspUrls: [] }, inConfiguration: false },
      ['staple-without-responder'],
    ],
    ['no responder, and no staple', '', { certificate: { ocspUrls: [] }, inConfiguration: false }, []],
    ['two certificates', `ssl_certificate @/b.pem; ${STAPLES}`, {}, ['one-file-for-two', 'one-file-for-two']],
    ['two certificates without a file', 'ssl_certificate @/b.pem;', {}, []],
  ] as const)('%s', async ([, server, site, codes]) => {
    expect(await check(server, site)).toEqual(codes);
  });

  test('a file that an RSA and an ECDSA certificate share is as it should be', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.pem', full(issue('a.example', { key: makeKey('rsa-2048', 'discover') })));
    sandbox.write('b.pem', full(issue('a.example')));
    sandbox.write('both.ocsp', pki.response(issue('x'), 0, 1e8));
    const lines = ['a', 'b'].map((name) => `ssl_certificate ${sandbox.path(name)}.pem;`).join(' ');
    const staples = `ssl_stapling on; ssl_stapling_file ${sandbox.path('both.ocsp')};`;
    sandbox.write('nginx.conf', `http { server { listen 443 ssl; ${lines} ${staples} } }`);
    const entry = (name: string) => ({ cert: `${name}.pem`, ocsp: 'both.ocsp' });
    sandbox.writeConfiguration({ ocsp_folder: '.', domains: { a: entry('a'), b: entry('b') } });
    const args = ['discover', '--check', 'ocspbot.yaml', 'nginx.conf'];
    expect(await runOcspbot(args, { cwd: sandbox.folder })).toMatchObject({ status: 0, stderr: '' });
  });

  test('Exim and the configuration agree on PEM or DER', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.pem', full(issue('a.example')));
    sandbox.write('a.ocsp', pki.response(issue('x'), 0, 1e8));
    const [certificate, staple] = [sandbox.path('a.pem'), sandbox.path('a.ocsp')];
    const words = { 'pem-chain': `PEM ${staple}`, der: staple };
    for (const [read, file] of Object.entries(words)) {
      sandbox.write('exim4.conf', `tls_certificate = ${certificate}\ntls_ocsp_file = ${file}\n`);
      for (const format of Object.keys(words)) {
        const entry = { cert: 'a.pem', ocsp: 'a.ocsp', format };
        sandbox.writeConfiguration({ ocsp_folder: '.', domains: { a: entry } });
        const args = ['discover', '--check', 'ocspbot.yaml', 'exim4.conf', '--json'];
        const { stdout } = await runOcspbot(args, { cwd: sandbox.folder });
        const { findings } = JSON.parse(stdout) as { findings: { code: string }[] };
        expect(findings.map(({ code }) => code)).toEqual(read === format ? [] : ['other-format']);
      }
      const { written } = await discover(sandbox, 'exim4.conf');
      expect(written.domains['a.example']?.format ?? 'der').toBe(read);
    }
  });

  test('notes are not counted, and a staple that this user may not look at is not missing', async (context) => {
    requireRoot(context);
    const sandbox = makeSandbox();
    sandbox.write('a.pem', full(issue('a.example')), 0o644);
    sandbox.write('shut/a.ocsp', pki.response(issue('x'), 0, 1e8));
    const staple = `ssl_stapling on; ssl_stapling_file ${sandbox.path('shut/a.ocsp')};`;
    const server = `server { listen 443 ssl; ssl_certificate ${sandbox.path('a.pem')}; ${staple} }`;
    sandbox.write('s/nginx.conf', `http { ${server} }`, 0o644);
    symlinkSync('nowhere', sandbox.path('s/lost'));
    sandbox.writeConfiguration({ ocsp_folder: 'shut', domains: { a: { cert: 'a.pem', ocsp: 'a.ocsp' } } });
    chmodSync(sandbox.path('s'), 0o755);
    chmodSync(sandbox.path('ocspbot.yaml'), 0o644);
    const { runCommand } = forUnprivilegedUser({ sandbox });
    chmodSync(sandbox.path('shut'), 0o700);
    expect(await runCommand('discover', '--check', 'ocspbot.yaml', 's')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /^note: the link .*\nocspbot\.yaml: compared with 1 certificate of servers, all is well\n$/,
      ),
    });
  });

  test('nothing to compare needs attention, and a wrong configuration is 78', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.pem', full(issue('a.example')));
    sandbox.write('empty/x', '');
    sandbox.writeConfiguration({ ocsp_folder: '.', domains: { a: { cert: 'a.pem', ocsp: 'a.ocsp' } } });
    const run = (...args: string[]) => runOcspbot(['discover', '--check', ...args], { cwd: sandbox.folder });
    expect(await run('ocspbot.yaml', 'empty')).toMatchObject({
      status: 32,
      stderr: expect.stringContaining('nothing was compared'),
    });
    expect(await run('absent.yaml', 'empty')).toMatchObject({ status: 78 });
    expect(await run('--write', 'x')).toMatchObject({ status: 64 });
  });
});
