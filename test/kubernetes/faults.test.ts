import { expect, test } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { DAY, HOUR } from '../command/support/times.js';
import { startCluster, STAPLE } from './support/cluster.js';

const pki = openTestPki();
const LABELS = { ocsp: 'staple' };
const LONG = `${'long-name.'.repeat(25)}end`;

interface Reported {
  readonly certificates: readonly {
    name: string;
    outcome: string;
    reason: string;
    message: string;
    hint?: string;
  }[];
}

test('each Secret has its own outcome, whatever the others hold', async () => {
  const { api, secret, run, leaks } = await startCluster(pki, { pageSize: 4 });
  const staple = (from: number, until: number) => (name: string) => {
    const response = pki.response(secret(name), from, until);
    api.store.patch(name, 'gateways', { data: { [STAPLE]: Buffer.from(response).toString('base64') } });
  };
  staple(-HOUR, 7 * DAY)('fresh');
  staple(-9 * DAY, -DAY)('expired');
  staple(-HOUR, 7 * DAY)('renewed');
  secret(LONG);
  secret('garbage-staple', { data: { [STAPLE]: 'garbage' } });
  secret('immutable', { immutable: true });
  secret('deleted');
  const { pem } = pki.issue({ subject: 'crlf' });
  const chain = (pem + pki.authority.intermediate.pem).replaceAll('\n', '\r\n');
  api.put('crlf', { labels: LABELS, data: { 'tls.crt': chain } });
  const key = '-----BEGIN PRIVATE KEY-----\nCANARY/of/a/private/key\n-----END PRIVATE KEY-----\n';
  api.put('combined', { labels: LABELS, data: { 'tls.crt': key + chain } });
  api.put('swapped', { labels: LABELS, data: { 'tls.crt': key } });
  api.put('no-certificate', { labels: LABELS, data: { 'tls.key': 'CANARY/of/a/private/key' } });
  api.put('garbage', { labels: LABELS, data: { 'tls.crt': 'garbage' } });
  api.before = (verb) => {
    if (verb === 'patch') api.store.remove('deleted');
    return undefined;
  };
  const { status, stdout, stderr } = await run('--json');
  const { certificates } = JSON.parse(stdout) as Reported;
  const outcomes = certificates.map(({ name, outcome, reason }) => [name.slice(9), outcome, reason]);
  expect(Object.fromEntries(outcomes.map(([name, ...rest]) => [name, rest.join(' ')]))).toEqual({
    fresh: 'unchanged fresh',
    expired: 'updated unusable',
    renewed: 'unchanged fresh',
    [LONG]: 'updated absent',
    'garbage-staple': 'failed target-unsuitable',
    immutable: 'failed target-unsuitable',
    deleted: 'not-applicable secret-deleted',
    crlf: 'updated absent',
    combined: 'updated absent',
    swapped: 'failed private-key-given',
    'no-certificate': 'failed file-empty',
    garbage: 'failed not-a-certificate',
  });
  expect(status).toBe(32);
  const said = certificates.map(({ message, hint }) => `${message}: ${hint}`).join('\n');
  expect(said).toContain(`${STAPLE} of the Secret gateways/garbage-staple is not replaced: it holds text`);
  expect(said).toContain('kubectl -n gateways patch secret garbage-staple');
  expect(said).toContain('tls.crt of the Secret gateways/no-certificate is empty');
  expect(said).toContain('tls.crt of the Secret gateways/swapped holds a private key, no certificate');
  expect(said).not.toContain('/state/');
  expect(leaks(stdout, stderr)).toEqual([]);
  for (const name of [LONG, 'crlf', 'expired']) expect(api.secret(name).data[STAPLE]).toMatch(/^MI/);
});

test('another writer is no alarm while the staple in place is good', async () => {
  const { api, secret, run } = await startCluster(pki);
  const response = pki.response(secret('a'), -6 * DAY, 4 * DAY);
  api.store.patch('a', 'gateways', { data: { [STAPLE]: Buffer.from(response).toString('base64') } });
  api.before = (verb) => {
    if (verb === 'patch') api.store.patch('a', 'gateways', { data: { 'tls.crt': 'bmV3' } });
    return undefined;
  };
  const { status, stdout } = await run('--json', '--exit', 'simple');
  const { certificates } = JSON.parse(stdout) as Reported;
  expect(certificates).toMatchObject([{ outcome: 'deferred', reason: 'secret-changed' }]);
  expect(status).toBe(0);
  expect(api.requests.filter(({ verb }) => verb === 'patch')).toHaveLength(1);
});

test('one namespace of several is refused: the others are refreshed', async () => {
  const { api, secret, configure, run } = await startCluster(pki);
  configure({ namespaces: ['closed', 'gateways', 'mail'] });
  secret('a');
  secret('a', { namespace: 'mail' });
  const refusal = { code: 403, reason: 'Forbidden', message: 'secrets is forbidden' };
  api.before = (_verb, path) => (path.includes('/closed/') ? refusal : undefined);
  const { status, stderr } = await run('--exit', 'simple');
  expect(status).toBe(32);
  expect(stderr).toMatch(
    /answers 403 to "list" of Secrets in the namespace closed: .*Role in the namespace closed/,
  );
  for (const namespace of ['gateways', 'mail'])
    expect(api.secret('a', namespace).data).toHaveProperty([STAPLE]);
});

test('Secrets that cannot be listed for a time are not told as well again', async () => {
  const { api, sandbox, configure, run } = await startCluster(pki);
  configure({}, { notify: { command: ['sh', '-c', `cat >>'${sandbox.path('told.json')}'`] } });
  api.put('broken', { labels: LABELS, data: { 'tls.crt': 'garbage' } });
  const refusal = { code: 403, reason: 'Forbidden', message: 'secrets is forbidden' };
  for (const answer of [undefined, refusal, undefined]) {
    api.before = () => answer;
    await run();
  }
  const told = Buffer.from(sandbox.read('told.json')).toString().trimEnd().split('\n');
  interface Told {
    readonly changes: readonly { readonly name: string; readonly severity: string }[];
  }
  const changes = told.map((line) => (JSON.parse(line) as Told).changes);
  expect(changes.map((each) => each.map(({ name, severity }) => `${name} ${severity}`))).toEqual([
    ['gateways/broken critical'],
    [' unknown'],
    [' ok'],
  ]);
});

test('all namespaces, and none with such labels', async () => {
  const { api, secret, configure, run } = await startCluster(pki);
  configure({ namespaces: ['mail', '*'] });
  secret('a', { namespace: 'mail' });
  expect(await run('--exit', 'simple')).toMatchObject({ status: 0, stderr: '' });
  expect(api.secret('a', 'mail').data).toHaveProperty([STAPLE]);
  expect(api.requests.map(({ verb }) => verb)).toEqual(['list', 'patch']);
  const nothing =
    'there is no Secret of the type kubernetes.io/tls with the labels ocsp=nothing in all namespaces';
  for (const [keys, problem] of [
    [{ namespaces: '*', labels: 'ocsp=nothing' }, nothing],
    [{ namespaces: [] }, '"kubernetes" names no namespaces: no Secret is looked after'],
  ] as const) {
    configure(keys);
    expect(await run('--exit', 'simple')).toMatchObject({ status: 0, stderr: `warning: ${problem}\n` });
  }
});

test('copies of Secrets that are gone are removed, unless a namespace could not be listed', async () => {
  const { api, sandbox, secret, configure, run } = await startCluster(pki);
  for (const name of ['a', 'b']) secret(name);
  const copies = () => Object.keys(sandbox.snapshot('state')).filter((path) => /\.(?:crt|ocsp)$/.test(path));
  await run();
  expect(copies()).toHaveLength(4);
  api.store.remove('a');
  configure({ namespaces: ['gateways', 'closed'] });
  const refusal = { code: 403, reason: 'Forbidden', message: 'secrets is forbidden' };
  api.before = (_verb, path) => (path.includes('/closed/') ? refusal : undefined);
  await run();
  expect(copies()).toHaveLength(4);
  configure();
  await run();
  expect(copies().map((path) => path.split('/').at(-1))).toEqual(['b.crt', 'b.ocsp']);
});

test('an entry of files with the name of a Secret is not written to the Secret', async () => {
  const { api, sandbox, secret, configure, run } = await startCluster(pki);
  const entry = sandbox.writeCertificate('a', pki.issue({ subject: 'file' }));
  configure({}, { domains: { 'gateways/a': entry } });
  const certificate = secret('a');
  await run();
  const written = Buffer.from(api.secret('a').data[STAPLE] ?? '', 'base64');
  expect(written.toString('hex').toUpperCase()).toContain(certificate.serialHex);
  const file = Buffer.from(sandbox.read(entry.ocsp)).toString('hex').toUpperCase();
  expect(file).not.toContain(certificate.serialHex);
});
