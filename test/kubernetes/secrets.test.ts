import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { keyToPem } from '../support/keys.js';
import { requireProgram } from '../support/require.js';
import { runOcspbot } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { type ApiServer, startApiServer } from './support/api-server.js';

const pki = openTestPki();
const execute = promisify(execFile);
const STAPLE = 'tls.ocsp-staple';

interface Cluster {
  readonly api: ApiServer;
  readonly sandbox: Sandbox;
  /** Makes a TLS Secret; returns its private key in the forms in which it may leak. */
  secret(name: string, labels?: Record<string, string>): string[];
  run(...args: string[]): ReturnType<typeof runOcspbot>;
}

async function startCluster(pageSize?: number): Promise<Cluster> {
  const api = await startApiServer(pageSize);
  const sandbox = makeSandbox();
  sandbox.write('account/ca.crt', api.ca);
  sandbox.write('account/token', 'token-1\n');
  sandbox.writeConfiguration({
    state_folder: 'state',
    kubernetes: { namespaces: ['gateways'], labels: 'ocsp=staple', service_account: 'account' },
  });
  const env = { KUBERNETES_SERVICE_HOST: 'localhost', KUBERNETES_SERVICE_PORT: String(api.port) };
  return {
    api,
    sandbox,
    secret(name, labels = { ocsp: 'staple' }) {
      const certificate = pki.issue({ subject: name });
      const key = keyToPem(certificate.key);
      api.put(name, { 'tls.crt': certificate.pem + pki.authority.intermediate.pem, 'tls.key': key }, labels);
      return [key.split('\n')[1]!, Buffer.from(key).toString('base64').slice(40, 100)];
    },
    run: (...args) => runOcspbot(['ocspbot.yaml', ...args], { cwd: sandbox.folder, env }),
  };
}

test('responses are written to the selected Secrets, and no private key is written anywhere', async () => {
  const { api, sandbox, secret, run } = await startCluster(2);
  const keys = ['a', 'b', 'c'].flatMap((name) => secret(name));
  secret('other', {});
  const first = await run('--exit', 'simple', '--verbose');
  expect([first.status, first.stderr]).toEqual([0, '']);
  for (const name of ['a', 'b', 'c']) expect(api.secret(name).data).toHaveProperty([STAPLE]);
  expect(api.secret('other').data).not.toHaveProperty([STAPLE]);
  expect(api.requests.filter(({ verb }) => verb === 'list')).toHaveLength(2);

  const again = await run('--json');
  expect(again.status).toBe(0);
  expect(api.requests.filter(({ verb }) => verb === 'patch')).toHaveLength(3);
  const files = readdirSync(sandbox.folder, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  const written = files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
  expect(files.length).toBeGreaterThan(6);
  for (const text of [first.stdout, again.stdout, ...written])
    for (const key of keys) expect(text).not.toContain(key);
});

describe('another writer', () => {
  test('of something else is let through: the patch is sent again with the new version', async () => {
    const { api, secret, run } = await startCluster();
    secret('a');
    let isFirst = true;
    api.before = (verb) => {
      const { data } = api.secret('a');
      const bytes = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const);
      if (verb === 'patch' && isFirst) {
        isFirst = false;
        api.put('a', { ...Object.fromEntries(bytes), 'ca.crt': 'new' }, { ocsp: 'staple' });
      }
      return undefined;
    };
    const { status } = await run('--exit', 'simple');
    expect([status, Object.keys(api.secret('a').data).sort()]).toEqual([
      0,
      ['ca.crt', 'tls.crt', 'tls.key', STAPLE],
    ]);
  });

  test.each(['tls.crt', STAPLE])('of %s is never overwritten', async (key) => {
    const { api, secret, run } = await startCluster();
    secret('a');
    api.before = (verb) => {
      const data = Object.entries(api.secret('a').data).map(([name, value]) => [
        name,
        Buffer.from(value, 'base64'),
      ]);
      const bytes = Object.fromEntries(data) as Record<string, Buffer>;
      if (verb === 'patch') api.put('a', { ...bytes, [key]: 'theirs' }, { ocsp: 'staple' });
      return undefined;
    };
    const { status, stdout, stderr } = await run('--exit', 'simple');
    expect(stdout + stderr).toContain(`another program changed ${key} of the Secret gateways/a`);
    expect([status, api.secret('a').data[key]]).toEqual([32, Buffer.from('theirs').toString('base64')]);
  });
});

test.each(['list', 'patch'])('403 for %s: the message has the line of the Role', async (refused) => {
  const { api, secret, run } = await startCluster();
  secret('a');
  const message = `secrets is forbidden: User "x" cannot ${refused} resource "secrets"`;
  api.before = (verb) => (verb === refused ? { code: 403, reason: 'Forbidden', message } : undefined);
  const { status, stdout, stderr } = await run('--exit', 'simple');
  expect(status).toBe(32);
  expect((stdout + stderr).replaceAll(/\s+/g, ' ')).toContain(`resources: [secrets], verbs: [${refused}]`);
});

test('410 between two pages: the list begins again', async () => {
  const { api, secret, run } = await startCluster(1);
  for (const name of ['a', 'b']) secret(name);
  let left = 1;
  api.before = (verb, path) =>
    verb === 'list' && path.includes('continue=') && left-- > 0
      ? { code: 410, reason: 'Expired', message: 'The provided continue parameter is too old' }
      : undefined;
  expect((await run('--exit', 'simple')).status).toBe(0);
  expect(api.requests.filter(({ verb }) => verb === 'list')).toHaveLength(4);
});

test('a Secret without the certificate of its issuer', async () => {
  const { api, run } = await startCluster();
  api.put('leaf', { 'tls.crt': pki.issue({ subject: 'leaf' }).pem }, { ocsp: 'staple' });
  const { status, stdout, stderr } = await run('--exit', 'simple');
  expect([status, stdout + stderr]).toEqual([
    32,
    expect.stringContaining('tls.crt of the Secret gateways/leaf has no certificate of the issuer'),
  ]);
});

test('the token is read anew for each request', async () => {
  const { api, sandbox, secret, run } = await startCluster();
  secret('a');
  api.before = (verb) => {
    if (verb !== 'list') return undefined;
    sandbox.write('account/token', 'token-2');
    api.tokens.clear();
    api.tokens.add('token-2');
    return undefined;
  };
  expect((await run('--exit', 'simple')).status).toBe(0);
  expect(api.requests.map(({ token }) => token)).toEqual(['token-1', 'token-2']);
});

test('kubectl reads what ocspbot wrote, and its own patch leads to no conflict later', async (context) => {
  const kubectl = requireProgram('kubectl', 'kubernetes-client', context);
  const { api, sandbox, secret, run } = await startCluster();
  secret('a');
  expect((await run('--exit', 'simple')).status).toBe(0);
  const server = ['--server', `https://localhost:${api.port}`, '--token', 'token-1', '-n', 'gateways'];
  const call = (...args: string[]) =>
    execute(kubectl, [...server, '--certificate-authority', sandbox.path('account/ca.crt'), ...args], {
      env: { HOME: sandbox.folder, PATH: process.env['PATH'] },
    });
  const { stdout } = await call('get', 'secret', 'a', '-o', 'json');
  const { data } = JSON.parse(stdout) as { data: Record<string, string> };
  expect(Buffer.from(data[STAPLE]!, 'base64').subarray(0, 1)).toEqual(Buffer.from([0x30]));
  const patch = JSON.stringify({ data: { [STAPLE]: null } });
  await call('patch', 'secret', 'a', '--type', 'merge', '-p', patch);
  expect((await run('--exit', 'simple')).status).toBe(0);
  expect(api.secret('a').data[STAPLE]).toMatch(/^MI/);
});
