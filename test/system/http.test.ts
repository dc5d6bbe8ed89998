import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OcspbotError } from '../../src/util/errors.js';
import { openHttp } from '../../src/system/http/client.js';
import type { Http, HttpLimits, HttpRequest, Trace } from '../../src/http/types.js';
import { closedUrl } from '../support/port.js';
import { httpResponse, RawServer, type Answer } from '../support/raw-server.js';

const PATIENT: HttpLimits = { timeout: 20_000, connectTimeout: 10_000, maxBody: 1000 };
/** Long enough for what comes at once, however busy the machine is. */
const HASTY: HttpLimits = { timeout: 2000, connectTimeout: 1500, maxBody: 1000 };

let http: Http;
const servers: RawServer[] = [];

beforeEach(() => {
  http = openHttp({ connectionsPerHost: 4 });
});
afterEach(async () => {
  await http.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(answer: Answer | string): Promise<RawServer> {
  const server = await RawServer.start(answer);
  servers.push(server);
  return server;
}

function get(url: string): HttpRequest {
  return { method: 'GET', url, headers: { accept: 'application/ocsp-response' } };
}

async function failure(request: HttpRequest, limits: HttpLimits): Promise<OcspbotError> {
  const outcome = await http.exchange(request, limits).catch((error: OcspbotError) => error);
  expect(outcome).toHaveProperty('code');
  return outcome as OcspbotError;
}

/** Waits some turns of the event loop, in which the client in this process reads what was written. */
async function afterTurns(count: number, act: () => void): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
  act();
}

/** Writes again and again as long as somebody listens. */
function endlessly(socket: Socket, chunk: string | Buffer, interval = 1): void {
  const timer = setInterval(() => socket.write(chunk), interval);
  socket.on('close', () => clearInterval(timer));
}

describe('a good exchange', () => {
  test('GET sends what was asked for and offers no compression', async () => {
    const server = await serve((socket) => socket.write(httpResponse(200, { 'X-Twice': 'one' }, 'body')));
    const response = await http.exchange(get(`${server.url}a/b%2Bc?d`), PATIENT);
    expect(response).toMatchObject({ status: 200, headers: { 'x-twice': 'one', 'content-length': '4' } });
    expect(Buffer.from(response.body).toString()).toBe('body');
    const { head } = server.requests[0]!;
    expect(head).toMatch(/^GET \/a\/b%2Bc\?d HTTP\/1\.1\r\n/);
    expect(head).toMatch(/^accept: application\/ocsp-response$/im);
    expect(head).not.toMatch(/accept-encoding/i);
  });

  test('POST sends the octets of the body and their number', async () => {
    const server = await serve((socket, { body }) => socket.write(httpResponse(200, {}, body)));
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    const response = await http.exchange({ method: 'POST', url: server.url, headers: {}, body }, PATIENT);
    expect(server.requests[0]!.head).toMatch(/^content-length: 256$/im);
    expect([...response.body]).toEqual([...body]);
  });

  test('of a repeated header the first value is given', async () => {
    const server = await serve(
      'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\ncontent-type: c/d\r\nContent-Length: 0\r\n\r\n',
    );
    expect((await http.exchange(get(server.url), PATIENT)).headers['content-type']).toBe('a/b');
  });

  test('a connection is used again', async () => {
    const server = await serve((socket) => socket.write(httpResponse(200, {}, 'x')));
    const single = openHttp({ connectionsPerHost: 1 });
    for (let count = 0; count < 5; count += 1) await single.exchange(get(server.url), PATIENT);
    await single.close();
    expect([server.requests.length, server.accepted]).toEqual([5, 1]);
  });

  test('connections to a host are no more than allowed', async () => {
    const server = await serve((socket) => setTimeout(() => socket.write(httpResponse(200, {}, 'x')), 5));
    await Promise.all(Array.from({ length: 40 }, () => http.exchange(get(server.url), PATIENT)));
    expect(server.requests).toHaveLength(40);
    expect(server.accepted).toBeLessThanOrEqual(4);
  });

  test('those that wait go in their order, and hosts do not wait for each other', async () => {
    const held: Socket[] = [];
    const server = await serve((socket) => void held.push(socket));
    const other = await serve((socket) => socket.write(httpResponse(200, {}, 'x')));
    const single = openHttp({ connectionsPerHost: 1 });
    const ended: number[] = [];
    const asking = [1, 2, 3].map(async (number) => {
      await single.exchange(get(`${server.url}${number}`), PATIENT).catch(() => undefined);
      ended.push(number);
    });
    await single.exchange(get(other.url), PATIENT);
    for (let number = 1; number <= 3; number += 1) {
      while (server.requests.length < number) await new Promise((resolve) => setTimeout(resolve, 5));
      // The first one fails: its place is free all the same.
      if (number === 1) held[0]!.destroy();
      else held.at(-1)!.write(httpResponse(200, {}, 'x'));
    }
    await Promise.all(asking);
    expect(ended).toEqual([1, 2, 3]);
    await single.close();
  });

  test.each([
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n', false],
    [
      'no length, ended by the end of the connection',
      'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody',
      true,
    ],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nbody', true],
    [
      'an interim response first',
      'HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody',
      false,
    ],
    ['more octets than announced', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody and more', false],
  ])('a body in %s', async (_, bytes, end) => {
    const server = await serve((socket) => (end ? socket.end(bytes) : socket.write(bytes)));
    for (let count = 0; count < 2; count += 1) {
      const { body } = await http.exchange(get(server.url), PATIENT);
      expect(Buffer.from(body).toString()).toBe('body');
    }
  });

  test('a redirect is given back, not followed', async () => {
    const server = await serve((socket) => socket.write(httpResponse(301, { location: '/elsewhere' })));
    const response = await http.exchange(get(server.url), PATIENT);
    expect(response).toMatchObject({ status: 301, headers: { location: '/elsewhere' } });
    expect(server.requests).toHaveLength(1);
  });

  test('a body of exactly the limit is read', async () => {
    const server = await serve((socket) => socket.write(httpResponse(200, {}, 'x'.repeat(1000))));
    expect((await http.exchange(get(server.url), PATIENT)).body).toHaveLength(1000);
  });

  test('the page with a refusal is cut, not awaited', async () => {
    const server = await serve((socket) => {
      socket.write('HTTP/1.1 503 Busy\r\n\r\n');
      endlessly(socket, 'x'.repeat(400));
    });
    const response = await http.exchange(get(server.url), PATIENT);
    expect(response.status).toBe(503);
    expect(response.body.length).toBeLessThanOrEqual(1000);
  });
});

const HEADER = 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n';

describe('a bad server', () => {
  type Row = [string, Answer | string, HttpLimits, string, RegExp];
  const rows: Row[] = [
    ['stalls before the header', () => {}, HASTY, 'timeout', /no answer from 127\.0\.0\.1:\d+ within 2 s$/],
    ['stalls in the header', 'HTTP/1.1 200 OK\r\nX: ', HASTY, 'timeout', /no answer/],
    [
      'stalls in the body',
      `${HEADER}begin`,
      HASTY,
      'timeout',
      /not complete after 2 s \(5 of 500 bytes of body came\); its status is 200, and the body begins with "begin"$/,
    ],
    [
      'sends an octet now and then',
      (socket) => {
        socket.write(HEADER);
        endlessly(socket, '.', 50);
      },
      HASTY,
      'timeout',
      /not complete/,
    ],
    [
      'never ends the body',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        endlessly(socket, 'x'.repeat(400));
      },
      PATIENT,
      'body-too-large',
      /longer than 1000 bytes/,
    ],
    [
      'announces too long a body',
      httpBytes('x'.repeat(1001)),
      PATIENT,
      'body-too-large',
      /longer than 1000 bytes/,
    ],
    [
      'sends too long a body, and then closes',
      (socket) => void socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${'x'.repeat(1001)}`),
      PATIENT,
      'body-too-large',
      /longer than 1000 bytes/,
    ],
    [
      'speaks HTTP/1.0, and sends too long a body',
      (socket) => void socket.end(`HTTP/1.0 200 OK\r\n\r\n${'x'.repeat(1001)}`),
      PATIENT,
      'body-too-large',
      /longer than 1000 bytes/,
    ],
    [
      'never ends the header',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        endlessly(socket, `X-Header: ${'y'.repeat(500)}\r\n`);
      },
      PATIENT,
      'http-malformed',
      /longer than 16384 bytes/,
    ],
    [
      'never ends a line of the header',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nX: ');
        endlessly(socket, 'y'.repeat(500));
      },
      PATIENT,
      'http-malformed',
      /longer than 16384 bytes/,
    ],
    [
      'never ends interim responses',
      (socket) => endlessly(socket, 'HTTP/1.1 103 Hints\r\n\r\n'),
      PATIENT,
      'http-malformed',
      /not proper HTTP \(it goes on with interim answers\)$/,
    ],
    ['does not speak HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', PATIENT, 'http-malformed', /not proper HTTP/],
    ['asks for more', 'HTTP/1.1 100 Continue\r\n\r\n', HASTY, 'timeout', /no answer/],
    [
      'wants another protocol',
      'HTTP/1.1 101 Switch\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      PATIENT,
      'http-malformed',
      /not proper HTTP \(it switches to another protocol\)$/,
    ],
    ...['000', '001', '099'].flatMap((status) =>
      ['', 'Connection: close\r\n', 'Content-Length: 2\r\n'].map<Row>((field) => [
        `has the status ${status}, and the field ${JSON.stringify(field)}`,
        `HTTP/1.1 ${status} x\r\n${field}\r\nab`,
        PATIENT,
        'http-malformed',
        /not proper HTTP \(its status is \d+\)/,
      ]),
    ),
    [
      'gives two lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      PATIENT,
      'http-malformed',
      /its header is malformed, or gives contradictory lengths/,
    ],
    ...['no colon', 'Space : before', 'Folded: a\r\n b', 'Nul: \0'].map<Row>((line) => [
      `has the line ${JSON.stringify(line)} in its header`,
      `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${line}\r\n\r\nab`,
      PATIENT,
      'http-malformed',
      /its header is malformed, or gives contradictory lengths/,
    ]),
    [
      'gives a negative length',
      'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nab',
      PATIENT,
      'http-malformed',
      /Invalid character in Content-Length.* in "HTTP\/1\.1 200 OK\\r\\n/,
    ],
    [
      'gives a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n',
      PATIENT,
      'http-malformed',
      /its header is malformed, or gives contradictory lengths/,
    ],
    ...[
      ['a chunk of no length', 'zz\r\nab\r\n0\r\n\r\n'],
      ['a chunk of negative length', '-5\r\nab\r\n'],
      ['a chunk longer than it says', '2\r\nabcdef\r\n0\r\n\r\n'],
      ['a chunk of immense length', 'fffffffffffffffff\r\nab'],
      ['endless words about a chunk', `5;${'x'.repeat(20_000)}`],
    ].map<Row>(([what, chunks]) => [
      `sends ${what}`,
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
      PATIENT,
      'http-malformed',
      /not proper HTTP/,
    ]),
    [
      'never ends the trailers',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n');
        endlessly(socket, `X-Header: ${'y'.repeat(500)}\r\n`);
      },
      PATIENT,
      'http-malformed',
      /longer than 16384 bytes|more framing than body/,
    ],
    ['ends before the header', (socket) => socket.end(), PATIENT, 'connection-failed', /no answer from 127/],
    [
      'ends in the header',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nX'),
      PATIENT,
      'connection-failed',
      /no answer from 127/,
    ],
    [
      'resets before the header',
      (socket) => socket.resetAndDestroy(),
      PATIENT,
      'connection-failed',
      /no answer .*ECONNRESET/,
    ],
    [
      'ends in the body',
      (socket) => socket.end(`${HEADER}begin`),
      PATIENT,
      'connection-failed',
      /broke after 5 of 500 bytes of body \(it was closed\)/,
    ],
    [
      'ends in the body after saying so',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 500\r\n\r\nbegin'),
      PATIENT,
      'connection-failed',
      /broke after 5 of 500 bytes of body \(it was closed\)/,
    ],
    [
      'ends in the chunks',
      (socket) =>
        socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nbegin'),
      PATIENT,
      'connection-failed',
      /broke after 5 bytes of body \(it was closed\)/,
    ],
    [
      'resets in the body',
      (socket) => socket.write(`${HEADER}begin`, () => void afterTurns(3, () => socket.resetAndDestroy())),
      PATIENT,
      'connection-failed',
      /broke after 5 of 500 bytes of body \(read ECONNRESET\)/,
    ],
  ];

  test.each(rows)('%s', async (_, answer, limits, code, words) => {
    const server = await serve(answer);
    const error = await failure(get(`${server.url}path`), limits);
    expect(error.code).toBe(code);
    expect(error.message).toContain(`GET ${server.url}path: `);
    expect(error.message).toMatch(words);
    expect(error.hint).toMatch(/^[a-z].*[^.]$/);
  });

  test('ends an idle connection in the moment in which it is used again: asked again on a new one', async () => {
    const server = await serve((socket, _, count) => {
      if (count === 2) socket.resetAndDestroy();
      else socket.write(httpResponse(200, {}, 'well'));
    });
    for (let count = 0; count < 2; count += 1)
      expect((await http.exchange(get(server.url), PATIENT)).status).toBe(200);
    expect([server.requests.length, server.accepted]).toEqual([3, 2]);
  });

  test('resets each connection: asked once', async () => {
    const server = await serve((socket) => socket.resetAndDestroy());
    expect((await failure(get(server.url), PATIENT)).code).toBe('connection-failed');
    expect(server.requests).toHaveLength(1);
  });

  test('is silent on a connection that was good: not used once more', async () => {
    const server = await serve((socket, _, count) => {
      if (count !== 2) socket.write(httpResponse(200, {}, 'well'));
    });
    expect((await http.exchange(get(server.url), PATIENT)).status).toBe(200);
    expect((await failure(get(server.url), HASTY)).code).toBe('timeout');
    expect((await http.exchange(get(server.url), PATIENT)).status).toBe(200);
    expect([server.requests.length, server.accepted]).toEqual([3, 2]);
  });

  test('does not spoil the next exchange', async () => {
    const server = await serve((socket, _, count) => {
      if (count === 1) socket.resetAndDestroy();
      else socket.write(httpResponse(200, {}, 'well'));
    });
    expect((await failure(get(server.url), PATIENT)).code).toBe('connection-failed');
    expect((await http.exchange(get(server.url), PATIENT)).status).toBe(200);
  });
});

function httpBytes(body: string): Answer {
  return (socket) => socket.write(httpResponse(200, {}, body));
}

describe('no server', () => {
  test('nobody listens', async () => {
    const url = await closedUrl();
    const error = await failure(get(url), PATIENT);
    expect(error.code).toBe('connection-failed');
    expect(error.message).toContain(`GET ${url}: no answer from ${new URL(url).host}`);
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('a name that does not exist', async () => {
    const error = await failure(get('http://ocsp.invalid/'), PATIENT);
    expect(error.code).toBe('dns-failure');
    expect(error.message).toMatch(
      /^GET http:\/\/ocsp\.invalid\/: the name of ocsp\.invalid:80 .*(ENOTFOUND|EAI_AGAIN)/,
    );
  });

  test('a TLS handshake that is never answered counts as connecting', async () => {
    const server = await serve(() => {});
    const error = await failure(get(server.url.replace('http', 'https')), HASTY);
    expect(error.code).toBe('timeout');
    expect(error.message).toMatch(/no TLS connection to 127\.0\.0\.1:\d+ within 1\.5 s$/);
  });

  test('that of waiting for a free connection does not count', async () => {
    const server = await serve((socket) => setTimeout(() => socket.write(httpResponse(200, {}, 'x')), 600));
    const single = openHttp({ connectionsPerHost: 1 });
    const asking = [1, 2, 3, 4].map(() => single.exchange(get(server.url), HASTY));
    expect((await Promise.all(asking)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await single.close();
  });
});

describe('what is told of an exchange', () => {
  const traceOf = async (url: string, limits: HttpLimits = PATIENT): Promise<Trace> => {
    let trace: Trace | undefined;
    await http.exchange(get(url), limits, (one) => (trace = one)).catch(() => undefined);
    return trace!;
  };
  const some = expect.any(Number) as number;

  test('of a new connection all, of one that is used again no more than the rest', async () => {
    const server = await serve((socket) => socket.write(httpResponse(404, {}, 'x')));
    const url = server.url.replace('127.0.0.1', 'localhost');
    expect(await traceOf(url)).toEqual({
      address: '127.0.0.1',
      addresses: expect.arrayContaining(['127.0.0.1']),
      proxy: undefined,
      wasSent: true,
      status: 404,
      times: { dns: some, connect: some, tls: undefined, firstByte: some, total: some },
    });
    expect(await traceOf(url)).toEqual({
      address: '127.0.0.1',
      addresses: [],
      proxy: undefined,
      wasSent: true,
      status: 404,
      times: { dns: undefined, connect: undefined, tls: undefined, firstByte: some, total: some },
    });
  });

  test('of a failure as far as it went', async () => {
    const server = await serve(() => {});
    const trace = await traceOf(server.url, HASTY);
    expect(trace).toMatchObject({
      address: '127.0.0.1',
      wasSent: true,
      status: undefined,
      times: { dns: undefined, connect: some, firstByte: undefined, total: some },
    });
    expect(trace.times.total).toBeGreaterThan(1900);
    expect(await traceOf('http://ocsp.invalid/')).toMatchObject({ address: undefined, addresses: [] });
  });
});

describe('a stop', () => {
  const reason = new OcspbotError('run-timeout', 'the time is over', { hint: 'hurry' });

  test.each<[string, Answer | string]>([
    ['before the header', () => {}],
    ['in the body', `${HEADER}begin`],
  ])('%s ends what is under way and what waits, with its reason', async (_, answer) => {
    const server = await serve(answer);
    const stop = new AbortController();
    const stoppable = openHttp({ connectionsPerHost: 1, stop: stop.signal });
    const asking = [1, 2].map(() =>
      stoppable.exchange(get(server.url), PATIENT).catch((error: unknown) => error),
    );
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(reason);
    for (const error of await Promise.all(asking)) {
      expect(error).toMatchObject({
        code: 'run-timeout',
        hint: 'hurry',
        message: `GET ${server.url}: the time is over`,
      });
    }
    expect(await stoppable.exchange(get(server.url), PATIENT).catch((error: unknown) => error)).toMatchObject(
      {
        code: 'run-timeout',
      },
    );
    await stoppable.close();
  });

  test('many who listen for it are no warning', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warn);
    const server = await serve((socket) => socket.write(httpResponse(200, {}, 'x')));
    const stoppable = openHttp({ connectionsPerHost: 1, stop: new AbortController().signal });
    await Promise.all(Array.from({ length: 50 }, () => stoppable.exchange(get(server.url), PATIENT)));
    await stoppable.close();
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });
});

describe('after a redirect', () => {
  test.each([
    ['203.0.113.7', '127.0.0.1', false],
    ['2606:4700::1', 'localhost', false],
    ['10.0.0.1', 'localhost', false],
    ['ocsp.example', '127.0.0.1', false],
    ['127.0.0.1', 'localhost', true],
    ['::1', '127.0.0.1', true],
    ['169.254.0.1', '127.0.0.1', true],
  ])('by %s, %s is connected to: %s', async (redirectedBy, host, isFollowed) => {
    const server = await serve((socket) => socket.write(httpResponse(200, {}, 'x')));
    const url = server.url.replace('127.0.0.1', host);
    // A connection that somebody else has may not be used either.
    await http.exchange(get(url), PATIENT);
    const outcome = await http
      .exchange({ ...get(url), redirectedBy }, PATIENT)
      .catch((error: OcspbotError) => error);
    expect(server.requests).toHaveLength(isFollowed ? 2 : 1);
    if (isFollowed) return expect(outcome).toMatchObject({ status: 200 });
    // The machine says which addresses localhost has.
    const shown = host === 'localhost' ? String.raw`localhost \((?:::1, )?127\.0\.0\.1(?:, ::1)?\)` : host;
    expect(outcome).toHaveProperty('code', 'redirect-refused');
    expect((outcome as OcspbotError).message).toMatch(
      new RegExp(`^GET ${url}: ${shown} is a loopback address, where ${redirectedBy} may not lead$`),
    );
    expect(server.accepted).toBe(1);
  });
});
