import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { requireProgram } from '../support/require.js';
import { startCluster, STAPLE } from './support/cluster.js';

const pki = openTestPki();
const execute = promisify(execFile);

test('responses are written to the selected Secrets, and no private key is written anywhere', async () => {
  const { api, secret, run, leaks } = await startCluster(pki, { pageSize: 2 });
  for (const name of ['a', 'b', 'c']) secret(name);
  secret('other', { labels: {} });
  secret('opaque', { type: 'Opaque' });
  const first = await run('--exit', 'simple', '--verbose');
  expect([first.status, first.stderr]).toEqual([0, '']);
  for (const name of ['a', 'b', 'c']) expect(api.secret(name).data).toHaveProperty([STAPLE]);
  for (const name of ['other', 'opaque']) expect(api.secret(name).data).not.toHaveProperty([STAPLE]);
  expect(api.requests.filter(({ verb }) => verb === 'list')).toHaveLength(2);

  const again = await run('--json');
  expect(again.status).toBe(0);
  expect(api.requests.filter(({ verb }) => verb === 'patch')).toHaveLength(3);
  expect(leaks(first.stdout, again.stdout)).toEqual([]);
});

describe('another writer', () => {
  test('of something else is let through: the patch is sent again with the new version', async () => {
    const { api, secret, run } = await startCluster(pki);
    secret('a');
    let isFirst = true;
    api.before = (verb) => {
      if (verb !== 'patch' || !isFirst) return undefined;
      isFirst = false;
      api.store.patch('a', 'gateways', { data: { 'ca.crt': 'bmV3' } });
      return undefined;
    };
    const { status } = await run('--exit', 'simple');
    expect([status, Object.keys(api.secret('a').data).sort()]).toEqual([
      0,
      ['ca.crt', 'tls.crt', 'tls.key', STAPLE],
    ]);
  });

  test.each(['tls.crt', STAPLE])('of %s is never overwritten', async (key) => {
    const { api, secret, run } = await startCluster(pki);
    secret('a');
    api.before = (verb) => {
      if (verb === 'patch') api.store.patch('a', 'gateways', { data: { [key]: 'dGhlaXJz' } });
      return undefined;
    };
    const { status, stdout, stderr } = await run('--exit', 'simple');
    expect(stdout + stderr).toContain(`another program changed ${key} of the Secret gateways/a`);
    expect([status, api.secret('a').data[key]]).toEqual([32, 'dGhlaXJz']);
  });
});

test.each(['list', 'patch'])('403 for %s: the message has the line of the Role', async (refused) => {
  const { api, secret, run } = await startCluster(pki);
  secret('a');
  const message = `secrets is forbidden: User "x" cannot ${refused} resource "secrets"`;
  api.before = (verb) => (verb === refused ? { code: 403, reason: 'Forbidden', message } : undefined);
  const { status, stdout, stderr } = await run('--exit', 'simple');
  expect(status).toBe(32);
  expect((stdout + stderr).replaceAll(/\s+/g, ' ')).toContain(`resources: [secrets], verbs: [${refused}]`);
});

test('410 between two pages: the list begins again', async () => {
  const { api, secret, run } = await startCluster(pki, { pageSize: 1 });
  for (const name of ['a', 'b']) secret(name);
  let left = 1;
  api.before = (verb, path) => {
    if (verb === 'list' && path.includes('continue=') && left-- > 0) api.store.compact();
    return undefined;
  };
  expect((await run('--exit', 'simple')).status).toBe(0);
  expect(api.requests.filter(({ verb }) => verb === 'list')).toHaveLength(4);
});

test('a Secret without the certificate of its issuer', async () => {
  const { api, run } = await startCluster(pki);
  api.put('leaf', { data: { 'tls.crt': pki.issue({ subject: 'leaf' }).pem }, labels: { ocsp: 'staple' } });
  const { status, stdout, stderr } = await run('--exit', 'simple');
  expect([status, stdout + stderr]).toEqual([
    32,
    expect.stringContaining('tls.crt of the Secret gateways/leaf has no certificate of the issuer'),
  ]);
});

test('the token is read anew for each request', async () => {
  const { api, sandbox, secret, run } = await startCluster(pki);
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
  const { api, sandbox, secret, run } = await startCluster(pki);
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
  expect(api.secret('a').data).not.toHaveProperty([STAPLE]);
  expect((await run('--exit', 'simple')).status).toBe(0);
  expect(api.secret('a').data[STAPLE]).toMatch(/^MI/);
});
