import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RequestForm } from '../../src/client/attempt.js';
import { ask, type Reach, type Reply } from '../../src/client/exchange.js';
import type { Validators } from '../../src/client/validators.js';
import type { HttpSettings } from '../../src/configuration/model.js';
import { OcspbotError } from '../../src/util/errors.js';
import type { Http, HttpRequest, HttpResponse } from '../../src/http/types.js';
import { DEFAULTS } from '../../src/util/limits.js';
import { buildRequest } from '../../src/ocsp/request.js';
import { openHttp } from '../../src/system/http/client.js';
import { type Answer, httpResponse, type RawRequest, RawServer } from '../support/raw-server.js';

const SETTINGS: HttpSettings = { ...DEFAULTS.http, timeout: 20_000, maxResponseSize: 1000 };
const HASTY: HttpSettings = { ...SETTINGS, timeout: 300 };
const OCSP = { 'content-type': 'application/ocsp-response' };
const CUT_OFF = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf';
const NOBODY = { address: undefined, proxy: undefined };
const CERT_ID = {
  hashAlgorithm: 'sha1',
  issuerNameHash: new Uint8Array(20).fill(1),
  issuerKeyHash: new Uint8Array(20).fill(2),
  serialNumber: Uint8Array.of(0x7f),
} as const;

let http: Http;
const servers: RawServer[] = [];

beforeAll(() => {
  http = openHttp({ connectionsPerHost: 2 });
});
afterAll(() => http.close());
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(answer: Answer | string): Promise<RawServer> {
  const server = await RawServer.start(answer);
  servers.push(server);
  return server;
}

interface Circumstances {
  readonly method?: RequestForm['method'];
  readonly validators?: Validators | undefined;
  readonly settings?: HttpSettings;
  readonly client?: Http;
}

const DER = buildRequest({ certId: CERT_ID });

function put(url: string, circumstances: Circumstances = {}): Promise<Reply> {
  const { method = 'get', validators, settings = SETTINGS, client = http } = circumstances;
  const attempt = { responder: new URL(url), form: { method, hash: 'sha1' }, caches: 'used' } as const;
  return ask({ attempt, der: DER, validators, userAgent: 'ocspbot/0' }, settings, client, Date.now());
}

async function answer(url: string, circumstances?: Circumstances) {
  const reply = await put(url, circumstances);
  if (reply.kind !== 'answered') throw new Error(`no answer, but ${JSON.stringify(reply)}`);
  return reply;
}

async function failure(url: string, settings?: HttpSettings): Promise<OcspbotError> {
  const reply = await put(url, settings && { settings });
  if (reply.kind !== 'failed') throw new Error(`no failure, but ${JSON.stringify(reply)}`);
  return reply.error;
}

const good: Answer = (socket) => socket.write(httpResponse(200, OCSP, 'response'));

describe('an answer', () => {
  test('to a GET', async () => {
    const server = await serve(good);
    const { body, headers } = await answer(server.url);
    expect(Buffer.from(body).toString()).toBe('response');
    expect(headers).toMatchObject(OCSP);
    const { head } = server.requests[0]!;
    expect(head).toMatch(/^user-agent: ocspbot\/0$/im);
    expect(requestOf(server.requests[0]!)).toEqual(Buffer.from(DER));
  });

  test('to a POST is asked for with the same DER', async () => {
    const server = await serve(good);
    await answer(server.url);
    await answer(server.url, { method: 'post' });
    const [get, post] = server.requests;
    expect(post!.head).toMatch(/^POST \/ HTTP/);
    expect(post!.head).toMatch(/^content-type: application\/ocsp-request$/im);
    expect(post!.body).toEqual(requestOf(get!));
  });

  test.each([
    'application/ocsp-response',
    'Application/OCSP-Response',
    'application/ocsp-response ; charset=x',
  ])('of media type %s is accepted', async (type) => {
    const server = await serve((socket) => socket.write(httpResponse(200, { 'Content-Type': type }, 'x')));
    expect((await answer(server.url)).body).toHaveLength(1);
  });

  test('304 is one where a condition was sent', async () => {
    const server = await serve(respond(304, { etag: '"1"', age: '7' }));
    const reply = await put(server.url, { validators: { etag: '"1"' } });
    expect(reply).toMatchObject({ kind: 'not-modified', headers: { age: '7' } });
    expect(server.requests[0]!.head).toMatch(/^if-none-match: "1"$/im);
  });
});

/** Returns the request that a GET carries in its path. */
function requestOf({ head }: RawRequest): Buffer {
  return Buffer.from(decodeURIComponent(head.split(' ')[1]!.slice(1)), 'base64');
}

const PAGE = '<!DOCTYPE html>\n<title>Log in</title>';
const HTML = { 'content-type': 'text/html; charset=utf-8' };

describe('what is not a response', () => {
  const rows: [string, Answer | string, string, RegExp][] = [
    [
      'an HTML page',
      respond(200, HTML, PAGE),
      'media-type',
      /media type "text\/html; charset=utf-8", and the body begins with "<!DOCTYPE html>\\n<title>Log in<\/title>"; this looks like a captive portal or a proxy page$/,
    ],
    [
      'a page that says it is something else',
      respond(200, { 'content-type': 'text/plain' }, ` ${PAGE}`),
      'media-type',
      /this looks like a captive portal or a proxy page$/,
    ],
    [
      'no media type',
      respond(200, {}, 'x'),
      'media-type',
      /answered without a media type, and the body begins with "x"$/,
    ],
    [
      'the media type of a request',
      respond(200, { 'content-type': 'application/ocsp-request' }, 'x'),
      'media-type',
      /ocsp-request"/,
    ],
    [
      'control characters',
      respond(200, { 'content-type': 'text/plain' }, '\u001b[2J\u0007'),
      'media-type',
      /begins with "\\x1b\[2J\\x07"$/,
    ],
    ['nothing', respond(200, OCSP, ''), 'body-empty', /empty body/],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 'http-status', /answered with status 204$/],
    ['an OCSP response with status 203', respond(203, OCSP, 'x'), 'http-status', /status 203/],
    ['a part', respond(206, OCSP, 'x'), 'http-status', /status 206/],
    ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', 'http-status', /status 304/],
    ['300', respond(300, { location: '/x' }, 'x'), 'http-status', /status 300/],
    [
      '403 with a page',
      respond(403, HTML, '<html>no'),
      'http-status',
      /status 403, and the body begins with "<html>no"$/,
    ],
    ['404', respond(404, {}, ''), 'http-status', /status 404$/],
    ['503', respond(503, {}, 'busy'), 'http-status', /status 503, and the body begins with "busy"$/],
    ['too much', respond(200, OCSP, 'x'.repeat(1001)), 'body-too-large', /longer than 1000 bytes/],
    ['garbage', 'garbage\r\n\r\n', 'http-malformed', /not proper HTTP/],
    ['a redirect to nowhere', respond(301, {}), 'redirect-refused', /answered 301 without saying where to$/],
    [
      'a redirect to a file',
      respond(302, { location: 'file:///etc/passwd' }),
      'redirect-refused',
      /302, but "file:.*neither http/,
    ],
    [
      'a redirect with a password',
      respond(302, { location: 'http://me:secret@a/' }),
      'redirect-refused',
      /^(?!.*secret).*for a has/,
    ],
    [
      'a redirect to no URL',
      respond(302, { location: 'http://[' }),
      'redirect-refused',
      /"http:\/\/\[" is not a URL/,
    ],
    [
      'a redirect too long',
      respond(302, { location: `/${'a'.repeat(3000)}` }),
      'redirect-refused',
      /longer than 2048/,
    ],
    [
      'a redirect in a circle',
      respond(307, { location: '/around' }),
      'redirect-refused',
      /redirected more than 3 times, at last to http:.*\/around$/,
    ],
  ];

  test.each(rows)('%s', async (_, answer, code, words) => {
    const server = await serve(answer);
    const error = await failure(server.url);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/^[a-z].*[^.]$/) });
    expect(error.message).toContain(`GET ${server.url}`);
    expect(error.message).toMatch(words);
    expect(error.message).toMatch(/^[ -~…]*$/);
  });

  test('silence', async () => {
    const server = await serve(() => {});
    expect(await failure(server.url, HASTY)).toMatchObject({ code: 'timeout' });
  });
});

function respond(status: number, headers: Record<string, string>, body = ''): Answer {
  return (socket) => socket.write(httpResponse(status, headers, body));
}

describe('redirects', () => {
  test.each([
    [301, 'POST'],
    [302, 'POST'],
    [303, 'GET'],
    [307, 'POST'],
    [308, 'POST'],
  ])('a POST after %i is a %s', async (status, method) => {
    const server = await serve((socket, request, count) => {
      if (count === 1) respond(status, { location: 'moved?to=here#fragment' })(socket, request, count);
      else good(socket, request, count);
    });
    await answer(`${server.url}old/`, { method: 'post' });
    const [first, second] = server.requests;
    expect(second!.head).toMatch(new RegExp(`^${method} /old/moved\\?to=here HTTP`));
    expect(second!.body).toEqual(method === 'POST' ? first!.body : Buffer.alloc(0));
    expect(/^content-type:/im.test(second!.head)).toBe(method === 'POST');
  });

  test('three are followed, to other hosts as well', async () => {
    const last = await serve(good);
    const third = await serve(respond(308, { location: `${last.url}d` }));
    const second = await serve(respond(302, { location: `${third.url}c` }));
    const first = await serve(respond(301, { location: `${second.url}b` }));
    await answer(first.url);
    expect(last.requests[0]!.head).toMatch(/^GET \/d HTTP/);
  });

  test('from https to http none is followed', async () => {
    const insecure: Http = {
      exchange: () =>
        Promise.resolve({
          status: 301,
          headers: { location: 'http://a/' },
          body: new Uint8Array(),
          peer: NOBODY,
        }),
      close: () => Promise.resolve(),
    };
    expect(await put('https://a/', { client: insecure })).toMatchObject({
      kind: 'failed',
      cause: 'no-other-way',
      error: {
        code: 'redirect-refused',
        message: expect.stringMatching(/from https back to http:\/\/a\/$/),
      },
    });
  });
});

const REQUESTED = { status: 200, headers: OCSP, body: Buffer.from('x') };

/** A client of a network in which each host redirects to the next, and the last one answers. */
function redirecting(hosts: readonly string[], peer: HttpResponse['peer'], sent: HttpRequest[]): Http {
  const exchange = (request: HttpRequest) => {
    sent.push(request);
    const next = hosts[sent.length];
    const headers = { location: `https://${next}/` };
    const answer = next === undefined ? REQUESTED : { status: 307, headers, body: new Uint8Array() };
    return Promise.resolve({ ...answer, peer });
  };
  return { exchange, close: () => Promise.resolve() };
}

describe('a redirected request', () => {
  test.each([
    ['the address of the first host', { address: '192.0.2.1', proxy: undefined }, '192.0.2.1'],
    ['its name, where nobody knows the address', { address: undefined, proxy: undefined }, 'a'],
    ['its name, where a proxy has the address', { address: '192.0.2.1', proxy: 'http://p/' }, 'a'],
  ])('has %s, and goes from https to https', async (_, peer, by) => {
    const sent: HttpRequest[] = [];
    await answer('https://a/', { client: redirecting(['a', 'b', 'c'], peer, sent), method: 'post' });
    expect(sent.map(({ redirectedBy }) => redirectedBy)).toEqual([undefined, by, by]);
  });

  test('is trusted as far as the least trusted of the servers that redirected it', async () => {
    const sent: HttpRequest[] = [];
    const addresses = ['10.0.0.5', '93.184.216.34', '10.0.0.9', '10.0.0.10'];
    const { exchange, close } = redirecting(['a', 'b', 'c', 'd'], NOBODY, sent);
    const client: Http = {
      close,
      exchange: async (...args) => {
        const peer = { address: addresses[sent.length], proxy: undefined };
        return { ...(await exchange(...args)), peer };
      },
    };
    await answer('https://a/', { client, method: 'post' });
    expect(sent.map(({ redirectedBy }) => redirectedBy)).toEqual([
      undefined,
      '10.0.0.5',
      '93.184.216.34',
      '93.184.216.34',
    ]);
  });

  test('that fails names the first URL, and no other failure does', async () => {
    const error = new OcspbotError('timeout', 'words');
    const failing = (after: number): Http => {
      const sent: HttpRequest[] = [];
      const { exchange, close } = redirecting(['a', 'b'], NOBODY, sent);
      return {
        close,
        exchange: (...args) => (sent.length < after ? exchange(...args) : Promise.reject(error)),
      };
    };
    const message = async (after: number) => {
      const reply = await put('https://a/', { client: failing(after), method: 'post' });
      return reply.kind === 'failed' && reply.error.message;
    };
    expect(await message(0)).toBe('words');
    expect(await message(1)).toBe('words, after a redirect from https://a/');
  });
});

test('an error that is not of the transport is thrown', async () => {
  const bug = new TypeError('bug');
  const broken: Http = { exchange: () => Promise.reject(bug), close: () => Promise.resolve() };
  await expect(put('http://a/', { client: broken })).rejects.toBe(bug);
});

describe('what a failure is of', () => {
  test.each<[string, Answer | string, string, number | undefined]>([
    ['400', respond(400, {}), 'request-refused', undefined],
    ['404', respond(404, {}), 'turned-away', undefined],
    ['405', respond(405, {}), 'turned-away', undefined],
    ['501', respond(501, {}), 'turned-away', undefined],
    ['403', respond(403, {}), 'turned-away', undefined],
    ['429', respond(429, { 'retry-after': '7' }), 'passing', 7000],
    ['500', respond(500, {}), 'passing', undefined],
    ['503', respond(503, { 'retry-after': '0' }), 'passing', 0],
    ['a page', respond(200, HTML, PAGE), 'turned-away', undefined],
    ['an end', (socket) => socket.end(), 'passing', undefined],
    ['garbage', 'garbage\r\n\r\n', 'turned-away', undefined],
  ])('%s', async (_, respondWith, cause, retryAfter) => {
    const server = await serve(respondWith);
    expect(await put(server.url)).toMatchObject({ kind: 'failed', cause, retryAfter });
  });

  test('silence, and nobody there', async () => {
    const server = await serve(() => {});
    expect(await put(server.url, { settings: HASTY })).toMatchObject({ cause: 'passing' });
    expect(await put('http://127.0.0.1:1/')).toMatchObject({ cause: 'unreachable' });
  });
});

describe('how far a request came that failed', () => {
  const toNobody = respond(302, { location: 'http://127.0.0.1:1/' });
  const hangUp: Answer = (socket) => socket.end();

  test.each<[string, Answer | string, Reach]>([
    ['a closed connection', hangUp, 'unanswered'],
    ['a status', respond(503, {}), 'answered'],
    ['a body that is cut off', (socket) => socket.end(CUT_OFF), 'answered'],
    ['a redirect to a port where nobody listens', toNobody, 'answered'],
  ])('%s', async (_, respondWith, reach) => {
    const server = await serve(respondWith);
    expect(await put(server.url)).toMatchObject({ kind: 'failed', reach });
  });

  test.each(['http://127.0.0.1:1/', 'http://retired.invalid/'])('to %s', async (url) => {
    expect(await put(url)).toMatchObject({ kind: 'failed', reach: 'unsent' });
  });

  test('to a host without TLS', async () => {
    const server = await serve(good);
    expect(await put(server.url.replace('http:', 'https:'))).toMatchObject({ reach: 'unsent' });
  });

  test('through a redirect to a host that hangs up', async () => {
    const last = await serve(hangUp);
    const first = await serve(respond(302, { location: last.url }));
    expect(await put(first.url)).toMatchObject({ kind: 'failed', reach: 'answered' });
  });
});
