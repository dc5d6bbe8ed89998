import { afterEach, expect, test } from 'vitest';
import type { Attempt } from '../../src/client/attempt.js';
import { ask } from '../../src/client/exchange.js';
import type { Validators } from '../../src/client/validators.js';
import { parseProxy } from '../../src/http/proxy.js';
import { DEFAULTS } from '../../src/util/limits.js';
import { openHttp } from '../../src/system/http/client.js';
import { makeAuthority } from '../support/ca.js';
import { startProxy } from '../support/proxy.js';
import { type Answer, httpResponse, RawServer } from '../support/raw-server.js';
import { makeSandbox } from '../support/sandbox.js';
import { startTlsFront } from '../support/tls-front.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
function opened<T extends { close(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}

const refuse: Answer = (socket) => socket.write(httpResponse(403, {}));

interface Circumstances {
  readonly method?: 'get' | 'post';
  readonly caches?: Attempt['caches'];
  readonly validators?: Validators;
  readonly proxy?: string;
  readonly caFile?: string;
}

async function askOnce(url: string, circumstances: Circumstances = {}): Promise<void> {
  const { method = 'get', caches = 'used', validators, proxy, caFile } = circumstances;
  const parsed = proxy === undefined ? undefined : parseProxy(proxy);
  const proxyFor = () => (parsed?.kind === 'usable' ? parsed.proxy : undefined);
  const http = opened(openHttp({ connectionsPerHost: 1, proxyFor, caFile }));
  const attempt = { responder: new URL(url), form: { method, hash: 'sha1' }, caches } as const;
  const question = { attempt, der: Uint8Array.of(0x30, 0), validators, userAgent: 'ocspbot/0' };
  await ask(question, DEFAULTS.http, http, Date.now());
}

/** The names of the header fields, in their order. */
function namesIn({ requests }: RawServer): string[][] {
  return requests.map(({ head }) =>
    head
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(':', 1)[0] ?? ''),
  );
}

// Some servers compare the names by octets, though RFC 9110 §5.1 says that case means nothing.
const GET = ['Host', 'Accept', 'User-Agent', 'Connection'];
const POST = ['Host', 'Accept', 'User-Agent', 'Content-Type', 'Connection', 'Content-Length'];

function inAnyOrder(names: readonly string[]): string[] {
  return [...names].sort();
}

test.each<[string, Circumstances, string[]]>([
  ['a GET', {}, GET],
  ['a POST', { method: 'post' }, POST],
  ['a GET past caches', { caches: 'bypassed' }, [...GET, 'Cache-Control']],
  ['a GET with an entity tag', { validators: { etag: '"1"' } }, [...GET, 'If-None-Match']],
  [
    'a GET with a date',
    { validators: { lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT' } },
    [...GET, 'If-Modified-Since'],
  ],
])('the header of %s has names in their usual spelling', async (_, circumstances, expected) => {
  const server = opened(await RawServer.start(refuse));
  await askOnce(server.url, circumstances);
  expect(namesIn(server).map(inAnyOrder)).toEqual([inAnyOrder(expected)]);
});

test.each([
  [303, ['Host', 'Accept', 'User-Agent', 'Connection']],
  [307, POST],
])('the header of a POST after %i has, too', async (status, expected) => {
  const server = opened(
    await RawServer.start((socket, request, count) =>
      count === 1 ? socket.write(httpResponse(status, { location: '/x' })) : refuse(socket, request, count),
    ),
  );
  await askOnce(server.url, { method: 'post' });
  expect(namesIn(server).map(inAnyOrder)).toEqual([POST, expected].map(inAnyOrder));
});

test('the header of a request through a proxy has, too', async () => {
  const proxy = opened(await RawServer.start(refuse));
  await askOnce('http://ocsp.example/', { proxy: `http://me:secret@127.0.0.1:${proxy.port}` });
  expect(namesIn(proxy).map(inAnyOrder)).toEqual([inAnyOrder([...GET, 'Proxy-Authorization'])]);
});

test('the header of CONNECT has, too', async () => {
  const proxy = opened(await RawServer.start(refuse));
  await askOnce('https://ocsp.example/', { proxy: `http://me:secret@127.0.0.1:${proxy.port}` });
  expect(proxy.requests[0]!.head).toMatch(/^CONNECT /);
  expect(namesIn(proxy).map(inAnyOrder)).toEqual([inAnyOrder(['Host', 'Proxy-Authorization'])]);
});

test('the header of a request in a tunnel has, too', async () => {
  const localhost = makeAuthority().issue({ subject: 'localhost' });
  const caFile = makeSandbox().write('ca.pem', localhost.issuer!.issuer!.pem);
  const server = opened(await RawServer.start(refuse));
  const front = opened(await startTlsFront(server.port, localhost));
  const proxy = opened(await startProxy({ hosts: { localhost: front.port } }));
  await askOnce('https://localhost/', { method: 'post', proxy: proxy.url, caFile });
  expect(namesIn(server).map(inAnyOrder)).toEqual([inAnyOrder(POST)]);
});
