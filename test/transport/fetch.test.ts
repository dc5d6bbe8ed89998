import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../src/defaults.js';
import type { HttpSettings } from '../../src/configuration/model.js';
import type { OcspbotError } from '../../src/errors.js';
import { buildRequest } from '../../src/ocsp/request.js';
import { openHttp } from '../../src/system/http.js';
import type { Http } from '../../src/system/interfaces.js';
import { fetchResponse, type Fetched } from '../../src/transport/fetch.js';
import { httpResponse, RawServer, type Answer, type RawRequest } from '../support/raw-server.js';

const SETTINGS: HttpSettings = { ...DEFAULTS.http, timeout: 20_000, maxResponseSize: 1000 };
const HASTY: HttpSettings = { ...SETTINGS, timeout: 300 };
const OCSP = { 'content-type': 'application/ocsp-response' };
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

function fetch(certificateUrls: string[], settings: HttpSettings = SETTINGS): Promise<Fetched> {
  const wanted = { certificateUrls, override: undefined, certId: CERT_ID, nonce: undefined };
  return fetchResponse(wanted, settings, { http: () => Promise.resolve(http), userAgent: 'ocspbot/0' });
}

async function failure(certificateUrls: string[], settings?: HttpSettings): Promise<OcspbotError> {
  const outcome: unknown = await fetch(certificateUrls, settings).catch((error: unknown) => error);
  expect(outcome).toHaveProperty('code');
  return outcome as OcspbotError;
}

const good: Answer = (socket) => socket.write(httpResponse(200, OCSP, 'response'));

describe('an answer', () => {
  test('to a GET', async () => {
    const server = await serve(good);
    const fetched = await fetch([server.url]);
    expect(Buffer.from(fetched.body).toString()).toBe('response');
    expect(fetched).toMatchObject({ responder: server.url, method: 'GET', passedOver: [] });
    const { head } = server.requests[0]!;
    expect(fetched.url).toBe(server.url.slice(0, -1) + head.split(' ')[1]);
    expect(head).toMatch(/^user-agent: ocspbot\/0$/im);
    expect(requestOf(server.requests[0]!)).toEqual(Buffer.from(buildRequest({ certId: CERT_ID })));
  });

  test('to a POST is asked for with the same DER', async () => {
    const server = await serve(good);
    await fetch([server.url]);
    const fetched = await fetch([server.url], { ...SETTINGS, method: 'post' });
    expect(fetched).toMatchObject({ method: 'POST', url: server.url });
    const [get, post] = server.requests;
    expect(post!.head).toMatch(/^content-type: application\/ocsp-request$/im);
    expect(post!.body).toEqual(requestOf(get!));
  });

  test.each([
    'application/ocsp-response',
    'Application/OCSP-Response',
    'application/ocsp-response ; charset=x',
  ])('of media type %s is accepted', async (type) => {
    const server = await serve((socket) => socket.write(httpResponse(200, { 'Content-Type': type }, 'x')));
    expect((await fetch([server.url])).body).toHaveLength(1);
  });
});

/** What a GET carries in its path. */
function requestOf({ head }: RawRequest): Buffer {
  return Buffer.from(decodeURIComponent(head.split(' ')[1]!.slice(1)), 'base64');
}

const PAGE = '<!DOCTYPE html>\n<title>Log in</title>';
const HTML = { 'content-type': 'text/html; charset=utf-8' };

describe('what is no response', () => {
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
    ['too much', respond(200, OCSP, 'x'.repeat(1001)), 'body-too-large', /longer than 1000 octets/],
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
    const error = await failure([server.url]);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/^[a-z].*[^.]$/) });
    expect(error.message).toContain(`GET ${server.url}`);
    expect(error.message).toMatch(words);
    expect(error.message).toMatch(/^[ -~…]*$/);
  });

  test('silence', async () => {
    const server = await serve(() => {});
    expect(await failure([server.url], HASTY)).toMatchObject({ code: 'timeout' });
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
    const fetched = await fetch([`${server.url}old/`], { ...SETTINGS, method: 'post' });
    expect(fetched).toMatchObject({
      method,
      url: `${server.url}old/moved?to=here`,
      responder: `${server.url}old/`,
    });
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
    expect(await fetch([first.url])).toMatchObject({ method: 'GET', url: `${last.url}d` });
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
    const wanted = { certificateUrls: [], override: 'https://a/', certId: CERT_ID, nonce: undefined };
    const fetching = fetchResponse(wanted, SETTINGS, {
      http: () => Promise.resolve(insecure),
      userAgent: '',
    });
    await expect(fetching).rejects.toMatchObject({
      code: 'redirect-refused',
      message: expect.stringMatching(/from https back to http:\/\/a\/$/),
    });
  });
});

describe('several responders', () => {
  test('the next is asked where one is of no use, and the failures are told', async () => {
    const [broken, page, works, unasked] = [
      await serve((socket) => socket.end()),
      await serve(respond(200, HTML, PAGE)),
      await serve(good),
      await serve(good),
    ];
    const fetched = await fetch([broken.url, page.url, works.url, unasked.url]);
    expect(fetched.responder).toBe(works.url);
    expect(fetched.passedOver.map((error) => error.code)).toEqual(['connection-failed', 'media-type']);
    expect(unasked.requests).toHaveLength(0);
  });

  test('all of them fail: the code of the first, the words of all', async () => {
    const [first, second] = [await serve(respond(503, {})), await serve(respond(404, {}))];
    const error = await failure([first.url, second.url]);
    expect(error.code).toBe('http-status');
    expect(error.message).toMatch(/status 503; then GET .*status 404$/);
    expect(error.hint).toMatch(/overloaded/);
  });

  test('an error that is not of the transport is not passed over', async () => {
    const bug = new TypeError('bug');
    const wanted = {
      certificateUrls: ['http://a/', 'http://b/'],
      override: undefined,
      certId: CERT_ID,
      nonce: undefined,
    };
    const broken: Http = { exchange: () => Promise.reject(bug), close: () => Promise.resolve() };
    await expect(
      fetchResponse(wanted, SETTINGS, { http: () => Promise.resolve(broken), userAgent: '' }),
    ).rejects.toBe(bug);
  });

  test('nothing is opened where there is no responder', async () => {
    const wanted = { certificateUrls: [], override: undefined, certId: CERT_ID, nonce: undefined };
    const unopened = { http: () => Promise.reject(new Error('opened')), userAgent: '' };
    await expect(fetchResponse(wanted, SETTINGS, unopened)).rejects.toMatchObject({ code: 'no-responder' });
  });
});
