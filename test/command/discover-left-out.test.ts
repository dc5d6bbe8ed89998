import { chmodSync, chownSync, lstatSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keyToPem, makeKey } from '../support/ca.js';
import { requireRoot } from '../support/require.js';
import { runOcspbot } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { openTestPki } from './support/test-pki.js';
import { forUnprivilegedUser } from './support/unprivileged-user.js';

const pki = openTestPki();
const issue = (subject: string, more: Parameters<typeof pki.issue>[0] = {}) =>
  pki.issue({ subject, ocspUrls: [pki.responder.url], ...more });
const full = (...args: Parameters<typeof issue>) => issue(...args).pem + pki.authority.intermediate.pem;
const discover = (sandbox: Sandbox, ...args: string[]) =>
  runOcspbot(['discover', ...args], { cwd: sandbox.folder });

/** A path with a name in Latin-1, which is not UTF-8. */
const latin1 = (path: string) => Buffer.from(path, 'latin1');

function machine(): Sandbox {
  const sandbox = makeSandbox();
  sandbox.write('c/a.pem', full('a.example'), 0o644);
  return sandbox;
}

describe('a folder for responses that cannot be used is refused, and no configuration is printed', () => {
  test.for([
    ['a file', 'c/a.pem', /is a file, and no folder/],
    ['a file, to be written', 'c/a.pem', /is a file, and no folder/, '--write', 'o.yaml'],
    ['a file in its path', 'c/a.pem/below', /does not exist/],
    [
      'a folder that is missing',
      'absent',
      /absent does not exist\n.*mkdir -p \S+absent; or let --write FILE/,
    ],
    ['a device', '/dev/null', /is not a folder that this user can reach/],
  ] as const)('%s', async ([, folder, message, ...more]) => {
    const sandbox = machine();
    const before = sandbox.snapshot();
    const run = await discover(sandbox, 'c', '--ocsp-folder', folder, ...more);
    expect(run).toMatchObject({ status: 73, stdout: '', stderr: expect.stringMatching(message) });
    expect(sandbox.snapshot()).toEqual(before);
  });
});

test('a file that is there already is refused before a folder is made or an issuer is asked for', async () => {
  const sandbox = machine();
  let asked = 0;
  const server = createServer((_, response) => response.end(++asked)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  sandbox.write('lonely/b.pem', issue('b.example', { caIssuers: [url] }).pem);
  sandbox.write('mine.yaml', 'mine');
  const before = sandbox.snapshot();
  const args = ['c', 'lonely', '--ocsp-folder', 'made', '--fetch-issuers', '--write', 'mine.yaml'];
  expect(await discover(sandbox, ...args)).toMatchObject({
    status: 73,
    stderr: expect.stringMatching(/mine\.yaml is there already.*\n.*--force; nothing was written/),
  });
  expect(sandbox.snapshot()).toEqual(before);
  expect(asked).toBe(0);
});

test('a file that this user cannot write is refused before a folder is made', async (context) => {
  requireRoot(context);
  const sandbox = machine();
  chmodSync(sandbox.path('c'), 0o755);
  for (const [name, mode] of [
    ['shut', 0o755],
    ['open', 0o777],
  ] as const) {
    mkdirSync(sandbox.path(name));
    chmodSync(sandbox.path(name), mode);
  }
  const { runCommand } = forUnprivilegedUser({ sandbox });
  const args = ['discover', 'c', '--ocsp-folder', 'open/made', '--write', 'shut/o.yaml'];
  expect(await runCommand(...args)).toMatchObject({
    status: 73,
    stderr: expect.stringMatching(
      /cannot write \S+shut\/o\.yaml: permission denied \(EACCES\)\n {2}hint: run ocspbot as .*nothing was written/,
    ),
  });
  expect(sandbox.list('open')).toEqual([]);
});

test('a file that is replaced keeps its mode, owner and group', async (context) => {
  requireRoot(context);
  const sandbox = machine();
  const file = sandbox.write('o.yaml', 'mine', 0o640);
  chownSync(file, 1234, 5678);
  expect(await discover(sandbox, 'c', '--write', 'o.yaml', '--force', '--ocsp-folder', 'made')).toMatchObject(
    { status: 0 },
  );
  expect(lstatSync(file)).toMatchObject({ mode: 0o100640, uid: 1234, gid: 5678 });
  expect(sandbox.text('o.yaml')).toContain('a.example:');
});

test('the output of nginx -T in a file may be larger than a file of a configuration', async () => {
  const sandbox = machine();
  const text = `http { server { listen 443 ssl; ssl_certificate ${sandbox.path('c/a.pem')}; } }`;
  const filler = '# 3456789\n'.repeat(1_700_000);
  sandbox.write('dump.txt', `# configuration file /etc/nginx/nginx.conf:\n${filler}${text}\n`);
  expect(await discover(sandbox, 'dump.txt')).toMatchObject({ status: 0 });
});

test('a certificate of wildcards is looked at by one of its names', async () => {
  const sandbox = machine();
  sandbox.write('c/w.pem', full('*.w.example'));
  const server = (file: string) => `server { listen 443 ssl; ssl_certificate ${sandbox.path(file)}; }`;
  sandbox.write('nginx.conf', `http { ${server('c/a.pem')} ${server('c/w.pem')} }`);
  const { stdout } = await discover(sandbox, 'nginx.conf');
  expect(stdout).toContain('{address: 127.0.0.1:443, servername: ocspbot.w.example}');
});

describe('where there is nothing to look after, there is no configuration', () => {
  const plain = () => {
    const sandbox = makeSandbox();
    sandbox.write('c/a.pem', full('a.example', { ocspUrls: [] }));
    sandbox.write('nginx.conf', 'mail { server { listen 465 ssl; ssl_certificate c/b.pem; } }');
    return sandbox;
  };

  test('it is not printed, and the reason is said', async () => {
    const { status, stdout, stderr } = await discover(plain(), 'c');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(
      /a\.example .* that you name by ocsp_responder_uri\n1 certificate: none to look after, no configuration$/m,
    );
  });

  test('it is not written, and that needs attention', async () => {
    const sandbox = plain();
    sandbox.write('o.yaml', 'domains: {}');
    const run = await discover(sandbox, 'c', '--ocsp-folder', 'made', '--write', 'o.yaml', '--force');
    expect(run).toMatchObject({ status: 32, stdout: '' });
    expect(run.stderr).toMatch(
      /^error: \S+o\.yaml was not written: there is nothing to look after\n {2}hint: /m,
    );
    expect(sandbox.text('o.yaml')).toBe('domains: {}');
    expect(sandbox.exists('made')).toBe(false);
  });

  test('the report for programs has none', async () => {
    const { stdout } = await discover(plain(), 'c', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ status: 0, entries: [], configuration: '' });
  });

  test('a certificate of a server that staples no file is named', async () => {
    const sandbox = plain();
    sandbox.write('c/b.pem', full('b.example'));
    const { stderr } = await discover(sandbox, 'nginx.conf');
    expect(stderr).toMatch(
      /^b\.example .*nginx\.conf:1: staples no file in this part of its configuration$/m,
    );
  });
});

test('a server that does not show its configuration is said with its reason', async () => {
  const sandbox = machine();
  sandbox.write(
    'nginx.conf',
    `http { server { listen 443 ssl; ssl_certificate ${sandbox.path('c/a.pem')}; } }`,
  );
  const lines = [
    'nginx: [emerg] the reason',
    `nginx: configuration file ${sandbox.path('nginx.conf')} test failed`,
  ];
  sandbox.write('bin/nginx', `#!/bin/sh\necho '${lines.join('\n')}' >&2\nexit 1\n`, 0o755);
  const options = { cwd: sandbox.folder, env: { PATH: `${sandbox.path('bin')}:/usr/bin:/bin` } };
  const { stdout, stderr } = await runOcspbot(['discover'], options);
  expect(stderr).toMatch(/^note: \S+bin\/nginx -T failed: nginx: \[emerg\] the reason; its files were read/m);
  expect(stdout).toContain('a.example:');
});

describe('whatever is left out of a folder is said', () => {
  test('names that are not UTF-8, and not the certificates that a link with a good name leads to', async () => {
    const sandbox = machine();
    const [file, folder] = [latin1(sandbox.path('c/caf\u00e9.pem')), latin1(sandbox.path('d\u00e9'))];
    writeFileSync(file, full('cafe.example'));
    symlinkSync(latin1('caf\u00e9.pem'), sandbox.path('c/link.pem'));
    mkdirSync(folder);
    const { status, stdout, stderr } = await discover(sandbox, '.');
    expect(status).toBe(32);
    expect(stdout).toMatch(/^ {2}cafe\.example:\n {4}cert: \S+c\/link\.pem$/m);
    expect(stderr).toMatch(
      /^warning: each of 2 files and folders, such as "\S+", cannot be opened: .*UTF-8\n {2}hint: /m,
    );
    renameSync(folder, sandbox.path('d'));
    expect((await discover(sandbox, '.')).stderr).toMatch(
      /^warning: the file or folder "\S+caf\S+" cannot be/m,
    );
  });

  test('damaged certificates, and what is none that can be read', async () => {
    const sandbox = machine();
    sandbox.write('c/broken.pem', issue('b.example').pem.slice(0, 200));
    sandbox.write('c/empty.pem', '');
    sandbox.write('c/large.crt', Buffer.alloc(1024 * 1024 + 1));
    const store = [
      '-nokeys',
      '-passout',
      'pass:',
      '-in',
      sandbox.path('c/a.pem'),
      '-out',
      sandbox.path('c/store.p12'),
    ];
    execFileSync('openssl', ['pkcs12', '-export', ...store]);
    sandbox.write('c/notes.txt', 'notes');
    symlinkSync('nowhere', sandbox.path('c/lost.pem'));
    mkdirSync(sandbox.path('1/2/3/4/5/6/7/8/9/10/11/12/13'), { recursive: true });
    const { status, stderr } = await discover(sandbox, '.');
    expect(status).toBe(32);
    for (const said of [
      /^warning: the file "\S+broken\.pem" has a certificate that cannot be read$/m,
      /^note: the file "\S+empty\.pem" is empty$/m,
      /^note: the file "\S+large\.crt" is far too large/m,
      /^note: the file "\S+store\.p12" was left out/m,
      /^note: the link "\S+lost\.pem" cannot be followed/m,
      /^warning: the folder "\S+1\/2\/3\/4\/5\/6\/7\/8\/9\/10\/11\/12\/13" was left out/m,
    ])
      expect(stderr).toMatch(said);
    expect(stderr).not.toContain('notes.txt');
  });

  test('certificates in a form that is not read, whatever the name of the file', async () => {
    const sandbox = machine();
    const certificate = sandbox.path('c/a.pem');
    const write = (name: string, ...args: string[]) =>
      execFileSync('openssl', [...args, '-out', sandbox.path(`c/${name}`)]);
    const pkcs7 = ['crl2pkcs7', '-nocrl', '-certfile', certificate];
    sandbox.write('c/key.pem', keyToPem(makeKey('p-256')));
    write('dh.pem', 'genpkey', '-genparam', '-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048');
    const others = (await discover(sandbox, 'c')).stderr;
    expect(others).not.toContain('left out');
    write('p7.pem', ...pkcs7);
    expect((await discover(sandbox, 'c')).stderr).toMatch(
      /^note: the file "\S+p7\.pem" was left out: .*PKCS#7.*; for what to do about it: ocspbot discover FILE$/m,
    );
    write('p7-in-der.crt', ...pkcs7, '-outform', 'DER');
    write('p12.crt', 'pkcs12', '-export', '-nokeys', '-passout', 'pass:', '-in', certificate);
    sandbox.write('c/bare.cer', issue('b.example').pem.replaceAll(/^-----.*$/gm, ''));
    const { status, stderr } = await discover(sandbox, 'c');
    expect(status).toBe(0);
    expect(stderr).toMatch(/^note: each of 4 files, such as "\S+", was left out: .*PKCS#12/m);
    const server = `server { listen 443 ssl; ssl_certificate ${sandbox.path('c/p7.pem')}; }`;
    sandbox.write('nginx.conf', `http { ${server} }`);
    expect(await discover(sandbox, 'nginx.conf')).toMatchObject({
      status: 32,
      stderr: expect.stringMatching(
        /^warning: \S+nginx\.conf:1: \S+p7\.pem holds a PKCS#7 .*\n {2}hint: take .*: openssl pkcs7 /,
      ),
    });
  });

  test('files and folders that this user may not read, but not keys', async (context) => {
    requireRoot(context);
    const sandbox = machine();
    const sites = ['include s/*;', 'include c/shut.conf;', 'include shut/*;'];
    sandbox.write('nginx.conf', `http { ${sites.join('\n')} }`, 0o644);
    for (const name of ['c/b.pem', 'c/c.crt', 'c/shut.conf', 'c/site.key', 'c/privkey.pem', 'haproxy.cfg'])
      sandbox.write(name, full('b.example'), 0o600);
    sandbox.write('lighttpd.conf', 'server.modules = ()\ninclude "shut/*.conf"', 0o644);
    for (const folder of ['s', 'shut', 'e']) mkdirSync(sandbox.path(folder), { mode: 0o700 });
    chmodSync(sandbox.path('c'), 0o755);
    chmodSync(sandbox.path('c/a.pem'), 0o644);
    const { status, stdout, stderr } = await forUnprivilegedUser({ sandbox }).runCommand('discover', '.');
    expect(status).toBe(32);
    expect(stdout).toContain('a.example:');
    for (const said of [
      /^warning: each of 3 folders, such as "\S+\/e", cannot be read$/m,
      /^warning: each of 4 files, such as "\S+", cannot be read: it is not known/m,
      /^warning: the folder "\S+\/s" cannot be read$/m,
      /^warning: the folder "\S+\/shut" cannot be read$/m,
      /^warning: \S+nginx\.conf:2 includes "\S+\/c\/shut\.conf", which cannot be read\n.*as root; /m,
    ])
      expect(stderr).toMatch(said);
    expect(stderr.match(/"\S+\/shut" cannot be read/g)).toHaveLength(1);
  });

  test('a file that a server names by a name that is not UTF-8', async () => {
    const sandbox = machine();
    const text = `http { server { listen 443 ssl; ssl_certificate ${sandbox.path('caf\u00e9.pem')}; } }`;
    writeFileSync(sandbox.path('nginx.conf'), text, 'latin1');
    expect((await discover(sandbox, 'nginx.conf')).stderr).toMatch(
      /^warning: \S+nginx\.conf:1: \S+ does not exist: its name is not UTF-8\n {2}hint: rename it/m,
    );
  });

  test('a certificate that a later one replaces, unless it has expired', async () => {
    const sandbox = makeSandbox();
    const now = Date.now();
    for (const [name, days] of [
      ['new', 80],
      ['old', 20],
      ['expired', -1],
    ] as const)
      sandbox.write(
        `c/${name}.pem`,
        full('a.example', { notBefore: now - 9e8, notAfter: now + days * 864e5 }),
      );
    const { status, stdout, stderr } = await discover(sandbox, 'c');
    expect(stdout).toMatch(/cert: \S+new\.pem/);
    expect(stderr).toMatch(
      /^note: the file "\S+old\.pem" was left out: a later certificate has the same names/m,
    );
    expect(status).toBe(0);
  });

  test('parts of a configuration without its main file, unless that is there, too', async () => {
    const sandbox = machine();
    const site = `server { listen 443 ssl; ssl_certificate ${sandbox.path('c/a.pem')}; }`;
    for (const name of ['sites-enabled/www.example.com', 'conf.d/a.conf']) sandbox.write(name, site);
    for (const folder of ['sites-enabled', 'conf.d'])
      expect(await discover(sandbox, folder)).toMatchObject({
        status: 32,
        stderr: expect.stringMatching(
          /^warning: "\S+" has the configuration of a server, such as "\S+", without/,
        ),
      });
    sandbox.write('nginx.conf', 'http { include sites-enabled/*; }');
    const { status, stderr } = await discover(sandbox, '.');
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.not.stringContaining('without its main'),
    });
  });

  test('a file that is neither a certificate nor a configuration of a server', async () => {
    const sandbox = makeSandbox();
    sandbox.write('o.yaml', 'domains: {}');
    expect((await discover(sandbox, 'o.yaml')).stderr).toMatch(
      /o\.yaml has no certificate: .*; and it is not the configuration of a known server\n {2}hint: name a certificate/,
    );
  });
});

test.for([
  [['--write', ''], 'an argument is empty'],
  [['--ocsp-folder', ''], 'an argument is empty'],
  [['--write', '-'], 'standard output'],
  [['c', ''], 'an argument is empty'],
  [['--check', 'o.yaml', ''], 'an argument is empty'],
] as const)('an argument that names nothing is refused: %j', async ([args, message]) => {
  const sandbox = makeSandbox();
  expect(await discover(sandbox, ...args)).toMatchObject({
    status: 64,
    stdout: '',
    stderr: expect.stringContaining(message),
  });
  expect(sandbox.list()).toEqual([]);
});
