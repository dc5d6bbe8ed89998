import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serverUrl } from '../../src/kubernetes/account.js';
import { type Api, openApi } from '../../src/kubernetes/api.js';
import { listSecrets, patchStaple } from '../../src/kubernetes/secrets.js';
import { nodeSystem } from '../../src/system/node.js';
import { makeAuthority } from '../support/ca.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import {
  type ApiServer,
  type ApiServerOptions,
  type OddAnswer,
  startApiServer,
} from './support/api-server.js';
import { STAPLE } from './support/cluster.js';

const CANARY = 'CANARY of a private key';

interface Client {
  readonly server: ApiServer;
  readonly sandbox: Sandbox;
  readonly api: Api;
  /** The pauses between tries: they are noted, and take no time. */
  readonly pauses: number[];
}

async function makeClient(
  options: ApiServerOptions = {},
  onPause: (client: Client) => void = () => undefined,
) {
  const server = await startApiServer(options);
  const sandbox = makeSandbox();
  sandbox.write('account/ca.crt', server.ca);
  sandbox.write('account/token', 'token-1\n');
  server.put('a', { data: { 'tls.crt': 'certificate', 'tls.key': CANARY } });
  const environment = {
    KUBERNETES_SERVICE_HOST: options.address ?? 'localhost',
    KUBERNETES_SERVICE_PORT: String(server.port),
  };
  const pauses: number[] = [];
  const sleep = async (duration: number) => {
    pauses.push(duration);
    onPause(client);
  };
  const { signal } = new AbortController();
  const stop = { signal, interruption: signal, close: () => undefined };
  const settings = { namespaces: [], labels: undefined, serviceAccount: sandbox.path('account') };
  const api = await openApi(settings, { ...nodeSystem(), environment, sleep }, stop);
  onTestFinished(() => api.close());
  const client: Client = { server, sandbox, api, pauses };
  return client;
}

/** Returns message and hint of the error with which a list ends. */
async function refusal({ api }: Client): Promise<string> {
  const error: unknown = await listSecrets('gateways', undefined, api).then(
    () => new Error('the list was accepted'),
    (thrown: unknown) => thrown,
  );
  expect(inspect(error, { depth: 9, showHidden: true, maxStringLength: Infinity })).not.toContain(CANARY);
  const { message, hint } = error as { message: string; hint?: string };
  return `${message}: ${hint}`;
}

const names = (secrets: readonly { name: string }[]) => secrets.map(({ name }) => name);

describe('a temporary failure is tried again', () => {
  test.each([
    ['429 with Retry-After', { code: 429, headers: { 'Retry-After': '7' } }, [7000]],
    ['429 with a Retry-After of a day', { code: 429, headers: { 'Retry-After': '86400' } }, [30_000]],
    ['503', { code: 503 }, [1000]],
    ['500 with a date as Retry-After', { code: 500, headers: { 'Retry-After': 'soon' } }, [1000]],
  ])('%s', async (_, refused, pauses) => {
    const client = await makeClient();
    let left = 1;
    client.server.before = () => (left-- > 0 ? { ...refused, reason: 'Busy', message: 'wait' } : undefined);
    expect(names(await listSecrets('gateways', undefined, client.api))).toEqual(['a']);
    expect(client.pauses).toEqual(pauses);
  });

  test('a connection that breaks', async () => {
    const client = await makeClient();
    let left = 1;
    client.server.before = () => (left-- > 0 ? (response) => response.destroy() : undefined);
    expect(names(await listSecrets('gateways', undefined, client.api))).toEqual(['a']);
    expect(client.pauses).toEqual([1000]);
  });

  test('but not for ever, and a lasting one is not', async () => {
    const client = await makeClient();
    client.server.before = () => ({ code: 503, reason: 'Unavailable', message: 'etcd is ill' });
    expect(await refusal(client)).toMatch(
      /answers 503 to "list" of Secrets in the namespace gateways: etcd is ill: .*the next run/,
    );
    expect(client.pauses).toEqual([1000, 2000, 4000]);
    client.server.before = () => ({
      code: 400,
      reason: 'BadRequest',
      message: `\u001b[31m${'x '.repeat(450)}`,
    });
    const said = await refusal(client);
    expect(said).toMatch(/answers 400 .*: \\x1b\[31m[x ]+…: see that "labels" is a label selector/);
    expect(said.length).toBeLessThan(600);
    expect(client.pauses).toHaveLength(3);
  });
});

test.each([
  ['list', 307, /KUBERNETES_SERVICE_HOST must lead to the API server/],
  ['list', 406, /KUBERNETES_SERVICE_HOST must lead to the API server/],
  ['list', 400, /"labels" is a label selector/],
  ['patch', 400, /the message of the API server says/],
  ['patch', 403, /add to the Role/],
  ['patch', 413, /KUBERNETES_SERVICE_HOST must lead to the API server/],
  ['patch', 507, /the next run tries again/],
] as const)('after a refusal of "%s" with %i the hint fits', async (verb, code, hint) => {
  const client = await makeClient();
  const [secret] = await listSecrets('gateways', undefined, client.api);
  client.server.before = (one) => (one === verb ? { code, reason: 'Refused', message: 'no' } : undefined);
  const sent =
    verb === 'list'
      ? listSecrets('gateways', undefined, client.api)
      : patchStaple(secret!, Buffer.from('x'), client.api);
  await expect(sent).rejects.toMatchObject({ hint: expect.stringMatching(hint) });
});

test.each([
  [400, 'admission webhook "p.example" denied the request'],
  [403, 'admission webhook "p.example" denied the request'],
  [422, "ValidatingAdmissionPolicy 'p' with binding 'b' denied request"],
])(
  'a policy that refuses with %i is told by its message, without the Secret that it quotes',
  async (code, text) => {
    const client = await makeClient();
    const [secret] = await listSecrets('gateways', undefined, client.api);
    const key = Buffer.from(`${CANARY} `.repeat(9)).toString('base64');
    const message = `${text}: tls.key is ${key}, which is -----BEGIN PRIVATE KEY-----\n${CANARY}`;
    client.server.before = (verb) => (verb === 'patch' ? { code, reason: 'Refused', message } : undefined);
    const error: unknown = await patchStaple(secret!, Buffer.from('x'), client.api).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      message: expect.stringContaining(`${text}: tls.key is [left out], which is [left out]`),
      hint: 'the message of the API server says what it does not allow',
    });
    expect(inspect(error)).not.toContain(key.slice(0, 20));
  },
);

describe('an answer that is not a list of Secrets is not taken for an empty one', () => {
  const whole =
    (body: string): OddAnswer =>
    (response) =>
      response.end(body);
  const raw =
    (text: string): OddAnswer =>
    (response) =>
      response.socket?.end(text);
  const item = (metadata: object) =>
    whole(JSON.stringify({ kind: 'SecretList', items: [{ metadata, data: { 'tls.key': CANARY } }] }));
  const cutOff: OddAnswer = (response) => {
    response.writeHead(200, { 'Content-Length': 1000 });
    response.write(`{"data":{"tls.key":"${CANARY}"`, () => response.destroy());
  };

  test.each<[string, OddAnswer, RegExp]>([
    ['a page of a proxy', whole('<html>log in</html>'), /is not a SecretList/],
    [
      'half a JSON text',
      whole(`{"kind":"SecretList","items":[{"data":{"tls.key":"${CANARY}"`),
      /is not a SecretList/,
    ],
    ['another kind', whole('{"kind":"SecretTable","items":[]}'), /is not a SecretList/],
    ['no resourceVersion', item({ name: 'a', namespace: 'gateways' }), /without a proper name/],
    [
      'a name that is a path',
      item({ name: '../a', namespace: 'gateways', resourceVersion: '1' }),
      /proper name/,
    ],
    ['another namespace', item({ name: 'a', namespace: 'other', resourceVersion: '1' }), /proper name/],
    ['no end', whole('{"kind":"SecretList","items":[],"metadata":{"continue":"again"}}'), /has no end/],
    ['a body that is cut off', cutOff, /broke after \d+ of 1000 bytes/],
    [
      'a wrong chunk',
      raw(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${CANARY}`),
      /not proper HTTP/,
    ],
    ['no HTTP', raw(`${CANARY}\r\n\r\n`), /not proper HTTP/],
  ])('%s', async (_, answer, problem) => {
    const client = await makeClient();
    client.server.before = () => answer;
    expect(await refusal(client)).toMatch(problem);
  });
});

describe('the service account', () => {
  test('the token is read again if it is replaced while a request is under way', async () => {
    const client = await makeClient();
    const { server, sandbox, api, pauses } = client;
    server.tokens.clear();
    sandbox.write('account/token', 'token-2');
    server.tokens.add('token-3');
    const { push } = server.requests;
    server.requests.push = (...requests) => {
      sandbox.write('account/token', 'token-3');
      return push.apply(server.requests, requests);
    };
    expect(names(await listSecrets('gateways', undefined, api))).toEqual(['a']);
    expect(server.requests.map(({ token }) => token)).toEqual(['token-2', 'token-3']);
    expect(pauses).toEqual([0]);
  });

  test.each<[string, (sandbox: Sandbox) => void, RegExp]>([
    [
      'no token',
      (sandbox) => sandbox.remove('account/token'),
      /token of the service account, cannot be read.*serviceAccountName/,
    ],
    [
      'an empty token',
      (sandbox) => sandbox.write('account/token', '\n'),
      /holds no token.*serviceAccountName/,
    ],
    ['two lines', (sandbox) => sandbox.write('account/token', 'a\nb'), /holds no token/],
    [
      'no CA file',
      (sandbox) => sandbox.remove('account/ca.crt'),
      /ca\.crt.*cannot be read.*automountServiceAccountToken/,
    ],
    [
      'garbage as CA file',
      (sandbox) => sandbox.write('account/ca.crt', 'x'),
      /no certificate in.*ca\.crt.*serviceAccountName/,
    ],
    [
      'another CA',
      (sandbox) => sandbox.write('account/ca.crt', makeAuthority().root.pem),
      /no TLS connection.*ca\.crt of the service account/,
    ],
  ])('%s: the message names the file and what to set', async (_, spoil, problem) => {
    const client = await makeClient();
    spoil(client.sandbox);
    expect(await refusal(client)).toMatch(problem);
    expect(client.server.requests).toEqual([]);
  });

  test('the CA file is read again if it is replaced', async () => {
    const client = await makeClient({}, ({ sandbox, server }) => sandbox.write('account/ca.crt', server.ca));
    client.sandbox.write('account/ca.crt', makeAuthority().root.pem);
    expect(names(await listSecrets('gateways', undefined, client.api))).toEqual(['a']);
  });

  test('the API server may have an IPv6 address', async () => {
    const { api, server } = await makeClient({ address: '::1' });
    expect(names(await listSecrets('gateways', undefined, api))).toEqual(['a']);
    expect(server.requests).toHaveLength(1);
  });
});

test('a patch whose answer is lost is found done, and another writer is still noticed', async () => {
  const { api, server } = await makeClient();
  const [secret] = await listSecrets('gateways', undefined, api);
  let isLost = false;
  server.before = (verb) => {
    if (verb !== 'patch' || isLost) return undefined;
    isLost = true;
    server.store.patch('a', 'gateways', { data: { [STAPLE]: 'bmV3' } });
    return (response) => response.destroy();
  };
  await patchStaple(secret!, Buffer.from('new'), api);
  expect(server.requests.map(({ verb }) => verb)).toEqual(['list', 'patch', 'patch', 'get']);
  await expect(patchStaple(secret!, Buffer.from('newer'), api)).rejects.toMatchObject({
    code: 'secret-changed',
  });
});

test('a Secret that was deleted', async () => {
  const { api, server } = await makeClient();
  const [secret] = await listSecrets('gateways', undefined, api);
  server.store.remove('a');
  await expect(patchStaple(secret!, Buffer.from('new'), api)).rejects.toMatchObject({
    code: 'secret-deleted',
  });
});

test('403 for all namespaces: the message names a ClusterRole', async () => {
  const { api, server } = await makeClient();
  server.before = () => ({ code: 403, reason: 'Forbidden', message: 'secrets is forbidden' });
  await expect(listSecrets('*', undefined, api)).rejects.toMatchObject({
    message: 'the API server answers 403 to "list" of the Secrets of all namespaces: secrets is forbidden',
    hint: expect.stringContaining('ClusterRoleBinding') as string,
  });
});

test('label selectors and all namespaces', async () => {
  const { api, server } = await makeClient();
  for (const [name, namespace, tier] of [
    ['b', 'one', 'x'],
    ['c', 'two', 'y'],
    ['d', 'two', 'z'],
  ] as const)
    server.put(name, { namespace, labels: { tier }, data: { 'tls.crt': 'x' } });
  expect(names(await listSecrets('*', undefined, api))).toEqual(['a', 'b', 'c', 'd']);
  expect(names(await listSecrets('*', 'tier in (x,y)', api))).toEqual(['b', 'c']);
  expect(names(await listSecrets('two', 'tier,tier!=y', api))).toEqual(['d']);
  expect(server.requests[0]?.path).toBe('/api/v1/secrets?fieldSelector=type%3Dkubernetes.io%2Ftls&limit=25');
});

test.each([
  ['10.0.0.1', '443', 'https://10.0.0.1:443'],
  ['10.0.0.1', '', 'https://10.0.0.1:443'],
  ['10.0.0.1', undefined, 'https://10.0.0.1:443'],
  ['fd00::1', '6443', 'https://[fd00::1]:6443'],
])('KUBERNETES_SERVICE_HOST=%s and KUBERNETES_SERVICE_PORT=%s are %s', (host, port, url) => {
  const environment = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
  expect(serverUrl({ environment })).toBe(url);
});

test.each([
  ['', '443'],
  [undefined, '443'],
  ['a b', '443'],
  ['localhost', 'tcp://10.0.0.1:443'],
  ['localhost', '0'],
  ['localhost', '70000'],
])('KUBERNETES_SERVICE_HOST=%s and KUBERNETES_SERVICE_PORT=%s are refused', (host, port) => {
  const environment = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
  expect(() => serverUrl({ environment })).toThrow(
    expect.objectContaining({ code: 'configuration-unreadable' }),
  );
});
