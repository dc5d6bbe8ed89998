import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { OcspbotError } from '../../src/util/errors.js';
import { parseProxy, type ProxyServer } from '../../src/http/proxy.js';
import { openHttp } from '../../src/system/http/client.js';
import type { HttpLimits, HttpRequest, HttpResponse, Trace } from '../../src/http/types.js';
import { makeAuthority, type TestCertificate } from '../support/ca.js';
import { startProxy, type ProxyOptions, type TestProxy } from '../support/proxy.js';
import { closedUrl } from '../support/port.js';
import { httpResponse, RawServer, type Answer } from '../support/raw-server.js';
import { makeSandbox } from '../support/sandbox.js';
import { startTlsFront, type TlsFront } from '../support/tls-front.js';

const LIMITS: HttpLimits = { timeout: 20_000, connectTimeout: 10_000, maxBody: 1000 };
const HASTY: HttpLimits = { timeout: 300, connectTimeout: 200, maxBody: 1000 };
const SECRET = 's3cret%@';
const good: Answer = (socket) => socket.write(httpResponse(200, { 'x-from': 'responder' }, 'body'));

const open: { close(): Promise<void> }[] = [];
let localhost: TestCertificate;

beforeAll(() => {
  localhost = makeAuthority().issue({ subject: 'localhost' });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

function opened<T extends { close(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}
const responder = async (answer: Answer | string = good): Promise<RawServer> =>
  opened(await RawServer.start(answer));
const proxyOf = async (options?: ProxyOptions): Promise<TestProxy> => opened(await startProxy(options));
const secured = async ({ port }: { port: number }): Promise<TlsFront> =>
  opened(await startTlsFront(port, localhost));

function serverAt(url: string): ProxyServer {
  const parsed = parseProxy(url);
  if (parsed.kind === 'unusable') throw new Error(parsed.problem);
  return parsed.proxy;
}

interface Course {
  readonly outcome: HttpResponse | OcspbotError;
  readonly trace: Trace;
}

/** Makes an exchange through a proxy, with the CA of this file. */
async function ask(
  proxyUrl: string,
  request: Partial<HttpRequest> & { url: string },
  limits = LIMITS,
): Promise<Course> {
  const caFile = makeSandbox().write('ca.pem', rootOf(localhost).pem);
  const http = opened(openHttp({ connectionsPerHost: 2, proxyFor: () => serverAt(proxyUrl), caFile }));
  let trace: Trace | undefined;
  const outcome = await http
    .exchange({ method: 'GET', headers: {}, ...request }, limits, (one) => (trace = one))
    .catch((error: OcspbotError) => error);
  return { outcome, trace: trace! };
}

function rootOf(certificate: TestCertificate): TestCertificate {
  return certificate.issuer === undefined ? certificate : rootOf(certificate.issuer);
}

describe('a request for http', () => {
  test('is sent to the proxy with the whole URL, without a tunnel', async () => {
    const server = await responder();
    const proxy = await proxyOf({ hosts: { 'ocsp.example': server.port } });
    const { outcome, trace } = await ask(proxy.url, { url: 'http://ocsp.example/a%2Bb?c' });
    expect(outcome).toMatchObject({
      status: 200,
      headers: { 'x-from': 'responder' },
      peer: { proxy: proxy.url },
    });
    expect(proxy.requests).toMatchObject([
      { method: 'GET', target: 'http://ocsp.example/a%2Bb?c', headers: { host: 'ocsp.example' } },
    ]);
    expect(server.requests[0]!.head).toMatch(/^GET \/a%2Bb\?c HTTP/);
    expect(trace).toMatchObject({
      address: '127.0.0.1',
      proxy: proxy.url,
      status: 200,
      times: { tls: undefined },
    });
  });

  test('a POST arrives with its body', async () => {
    const server = await responder((socket, { body }) => socket.write(httpResponse(200, {}, body)));
    const proxy = await proxyOf();
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    const { outcome } = await ask(proxy.url, { method: 'POST', url: server.url, body });
    expect([...(outcome as HttpResponse).body]).toEqual([...body]);
  });

  test('is sent through TLS to a proxy of https, again without a tunnel', async () => {
    const server = await responder();
    const proxy = await proxyOf();
    const front = await secured(proxy);
    const { outcome, trace } = await ask(front.url, { url: server.url });
    expect(outcome).toMatchObject({ status: 200 });
    expect(proxy.requests).toMatchObject([{ method: 'GET', target: server.url }]);
    expect(trace.times.tls).toBeGreaterThan(0);
  });

  test('connections of two responders are apart, and used again', async () => {
    const [one, two, proxy] = [await responder(), await responder(), await proxyOf()];
    const http = opened(openHttp({ connectionsPerHost: 1, proxyFor: () => serverAt(proxy.url) }));
    for (const { url } of [one, two, one, two])
      await http.exchange({ method: 'GET', url, headers: {} }, LIMITS);
    expect([one.requests.length, two.requests.length]).toEqual([2, 2]);
  });
});

describe('a request for https', () => {
  test('goes through a tunnel, in which the certificate is that of the responder', async () => {
    const server = await responder();
    const front = await secured(server);
    const proxy = await proxyOf({ hosts: { localhost: front.port } });
    const { outcome, trace } = await ask(proxy.url, { url: 'https://localhost/x' });
    expect(outcome).toMatchObject({ status: 200, headers: { 'x-from': 'responder' } });
    expect(proxy.requests).toMatchObject([
      { method: 'CONNECT', target: 'localhost:443', headers: { host: 'localhost:443' } },
    ]);
    expect(server.requests[0]!.head).toMatch(/^GET \/x HTTP/);
    expect(server.requests[0]!.head).not.toMatch(/proxy/i);
    expect(trace.times).toMatchObject({
      connect: expect.any(Number),
      tls: expect.any(Number),
      firstByte: expect.any(Number),
    });
  });

  test('goes through a tunnel of a proxy of https: TLS within TLS', async () => {
    const [server, proxy] = [await responder(), await proxyOf()];
    const [front, proxyFront] = [await secured(server), await secured(proxy)];
    const { outcome, trace } = await ask(proxyFront.url, { url: front.url });
    expect(outcome).toMatchObject({
      status: 200,
      peer: { address: '127.0.0.1', proxy: proxyFront.url.slice(0, -1) },
    });
    expect(trace.address).toBe('127.0.0.1');
  });

  test('the responder has a certificate for another name', async () => {
    const front = await secured(await responder());
    const proxy = await proxyOf({ hosts: { 'ocsp.example': front.port } });
    const { outcome } = await ask(proxy.url, { url: 'https://ocsp.example/' });
    expect(outcome).toMatchObject({
      code: 'tls-failure',
      message: expect.stringMatching(
        /no TLS connection to ocsp\.example:443 through the proxy http:\/\/127.*altnames/,
      ),
    });
  });

  test('a tunnel is used again', async () => {
    const front = await secured(await responder());
    const proxy = await proxyOf();
    const caFile = makeSandbox().write('ca.pem', rootOf(localhost).pem);
    const http = opened(openHttp({ connectionsPerHost: 1, proxyFor: () => serverAt(proxy.url), caFile }));
    const traces: Trace[] = [];
    for (let count = 0; count < 3; count += 1)
      await http.exchange({ method: 'GET', url: front.url, headers: {} }, LIMITS, (trace) =>
        traces.push(trace),
      );
    expect(proxy.requests).toHaveLength(1);
    expect(traces.map(({ times }) => times.tls !== undefined)).toEqual([true, false, false]);
    expect(traces.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  });
});

describe('credentials', () => {
  const withSecret = (url: string, secret = SECRET) =>
    url.replace('://', `://me:${encodeURIComponent(secret)}@`);

  test.each(['http', 'https'])('are given to the proxy, and to nobody else, for %s', async (scheme) => {
    const server = await responder();
    const front = await secured(server);
    const proxy = await proxyOf({ credentials: `me:${SECRET}` });
    const { outcome } = await ask(withSecret(proxy.url), { url: scheme === 'http' ? server.url : front.url });
    expect(outcome).toMatchObject({ status: 200 });
    expect(server.requests[0]!.head).not.toMatch(/authorization/i);
  });

  const failures: [string, () => Promise<[proxy: string, url: string, limits?: HttpLimits]>, string][] = [
    [
      'wrong, for http',
      async () => [(await proxyOf({ credentials: 'x:y' })).url, (await responder()).url],
      '200',
    ],
    [
      'wrong, for https',
      async () => [(await proxyOf({ credentials: 'x:y' })).url, 'https://localhost/'],
      'proxy-failure',
    ],
    ['in vain: nobody listens', async () => [await closedUrl(), 'http://ocsp.example/'], 'connection-failed'],
    ['in vain: no name', async () => ['http://proxy.invalid:3128', 'http://ocsp.example/'], 'dns-failure'],
    [
      'in vain: silence',
      async () => [(await responder(() => {})).url, 'http://ocsp.example/', HASTY],
      'timeout',
    ],
    [
      'in vain: silence for CONNECT',
      async () => [(await responder(() => {})).url, 'https://x/', HASTY],
      'timeout',
    ],
    [
      'in vain: garbage',
      async () => [(await responder('garbage\r\n\r\n')).url, 'http://x/'],
      'http-malformed',
    ],
    [
      'in vain: garbage for CONNECT',
      async () => [(await responder('garbage\r\n\r\n')).url, 'https://x/'],
      'http-malformed',
    ],
    [
      'in vain: the end',
      async () => [(await responder((socket) => socket.end())).url, 'https://x/'],
      'connection-failed',
    ],
    [
      'in vain: TLS is not spoken',
      async () => [(await proxyOf()).url.replace('http', 'https'), 'http://x/'],
      'tls-failure',
    ],
  ];
  test.each(failures)('%s: they are nowhere', async (_, arrange, code) => {
    const [url, target, limits] = await arrange();
    const { outcome, trace } = await ask(withSecret(url), { url: target }, limits);
    if (code !== '200') expect(outcome).toMatchObject({ code });
    else expect(outcome).toMatchObject({ status: 407 });
    const all = inspect({ outcome, trace }, { depth: Infinity, showHidden: true }) + (outcome as Error).stack;
    for (const form of [SECRET, encodeURIComponent(SECRET), Buffer.from(`me:${SECRET}`).toString('base64')])
      expect(all).not.toContain(form);
    if (outcome instanceof Error)
      expect(outcome.message).toMatch(/the proxy https?:\/\/(127\.0\.0\.1|proxy\.invalid):\d+/);
  });
});

describe('a proxy that does not make a tunnel', () => {
  test.each([
    [403, /does not let this machine ask there/],
    [502, /does not reach the responder/],
  ])('status %i', async (status, hint) => {
    const proxy = await proxyOf({ refusal: status });
    const { outcome } = await ask(proxy.url, { url: 'https://ocsp.example/' });
    expect(outcome).toMatchObject({
      code: 'proxy-failure',
      message: `GET https://ocsp.example/: the proxy ${proxy.url} answered CONNECT ocsp.example:443 with status ${status}`,
      hint: expect.stringMatching(hint),
    });
  });

  test('an endless header', async () => {
    const server = await responder((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write(`X: ${'y'.repeat(500)}\r\n`), 1);
      socket.on('close', () => clearInterval(timer));
    });
    const { outcome } = await ask(server.url, { url: 'https://ocsp.example/' });
    expect(outcome).toMatchObject({
      code: 'http-malformed',
      message: expect.stringMatching(/longer than 16384/),
    });
  });
});

describe('a redirect', () => {
  const redirected = { redirectedBy: '203.0.113.7' };
  test.each([
    'http://127.0.0.1:1/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://localhost/',
    'http://169.254.169.254/',
    'http://intranet/',
    'http://localhost.localdomain/',
  ])('to %s is not followed through a proxy', async (url) => {
    const proxy = await proxyOf();
    const { outcome } = await ask(proxy.url, { url, ...redirected });
    expect(outcome).toMatchObject({ code: 'redirect-refused' });
    expect(proxy.requests).toEqual([]);
  });

  test('of names the proxy knows where they lead', async () => {
    const server = await responder();
    const proxy = await proxyOf({ hosts: { 'ocsp.example': server.port } });
    const { outcome } = await ask(proxy.url, { url: 'http://ocsp.example/', ...redirected });
    expect(outcome).toMatchObject({ status: 200 });
  });
});
