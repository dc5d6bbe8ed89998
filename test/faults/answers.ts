import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { HASTY, type Arrangement, type Fault } from './support/fault.js';
import type { Answer } from '../support/raw-server.js';
import type { Mode } from '../support/responder.js';
import type { FaultTools } from './support/fault-tools.js';

const OCSP = 'Content-Type: application/ocsp-response\r\n';
const HEAD = `HTTP/1.1 200 OK\r\n${OCSP}`;

type Arrange = Fault['arrange'];

function raw(answer: Answer | string, more: Omit<Arrangement, 'url'> = {}): Arrange {
  return async (tools: FaultTools) => ({ url: (await tools.raw(answer)).url, ...more });
}

function mode(one: Mode, more: Omit<Arrangement, 'mode'> = {}): Arrange {
  return () => ({ mode: one, ...more });
}

/** As fast as it is taken. */
function endlessly(begin: string, chunk: string): Answer {
  return (socket: Socket) => {
    const more = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', more);
    socket.write(begin);
    more();
  };
}

const LARGE = 'y'.repeat(64 * 1024);

/** A mebibyte of zeros has a thousand octets when packed; so many are a few dozen thousand. */
const BOMB = gzipSync(Buffer.alloc(32 * 1024 * 1024));

function fault(name: string, arrange: Arrange, outcome: string, says: RegExp, waits?: number): Fault {
  return { name, arrange, outcome: `failed ${outcome}`, says, ...(waits === undefined ? {} : { waits }) };
}

/** Answers that servers may send. */
export const ANSWERS: readonly Fault[] = [
  fault(
    'a body without end',
    mode('endless'),
    'body-too-large',
    /longer than 65536 bytes; its status is 200, and the body begins with "0000/,
  ),
  fault(
    'a body without end, in chunks',
    raw(endlessly(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, `10000\r\n${LARGE}\r\n`)),
    'body-too-large',
    /longer than 65536/,
  ),
  fault(
    'one octet of body a second',
    mode('slow', { http: HASTY }),
    'timeout',
    /not complete after 3 s \(\d+ of \d+ bytes of body came\)/,
    3,
  ),
  fault(
    'a header of one endless line',
    raw(endlessly('HTTP/1.1 200 OK\r\nX: ', LARGE)),
    'http-malformed',
    /header .* longer than 16384 bytes/,
  ),
  fault(
    'a header of endless lines',
    raw(endlessly('HTTP/1.1 200 OK\r\n', 'a: b\r\n'.repeat(1000))),
    'http-malformed',
    /header .* longer than 16384 bytes/,
  ),
  fault(
    'interim answers without end',
    raw(endlessly('', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100))),
    'http-malformed',
    /not proper HTTP \(it goes on with interim answers\)/,
  ),
  fault(
    'trailers without end',
    raw(endlessly(`${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n`, 'a: b\r\n'.repeat(1000))),
    'http-malformed',
    /longer than 16384/,
  ),
  fault(
    'a length that is too short',
    raw(`${HEAD}Content-Length: 4\r\n\r\n0\u0003\n\u0001\u0000`),
    'der-malformed',
    /refused/,
  ),
  fault(
    'a length that is too long, then the end',
    raw((socket) => socket.end(`${HEAD}Content-Length: 500\r\n\r\nbegin`)),
    'connection-failed',
    /broke after 5 of 500 bytes of body \(it was closed\); its status is 200, and the body begins with "begin"/,
  ),
  fault(
    'a length that is too long, then silence',
    raw(`${HEAD}Content-Length: 500\r\n\r\nbegin`, { http: HASTY }),
    'timeout',
    /not complete after 3 s \(5 of 500 bytes/,
    3,
  ),
  fault(
    'a length above the limit',
    raw(endlessly(`${HEAD}Content-Length: 99999999999\r\n\r\n`, LARGE)),
    'body-too-large',
    /longer than 65536/,
  ),
  fault(
    'a negative length',
    raw(`${HEAD}Content-Length: -5\r\n\r\nabc`),
    'http-malformed',
    /not proper HTTP .*Content-Length.* in "HTTP/,
  ),
  fault(
    'two lengths',
    raw(`${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`),
    'http-malformed',
    /its header is malformed, or gives contradictory lengths/,
  ),
  fault(
    'a length and chunks',
    raw(`${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`),
    'http-malformed',
    /not proper HTTP/,
  ),
  fault(
    'chunks that are none',
    raw(`${HEAD}Transfer-Encoding: chunked\r\n\r\nwhat?\r\n`),
    'http-malformed',
    /not proper HTTP .* in "HTTP/,
  ),
  fault(
    'endless words about a chunk',
    raw(endlessly(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5;`, LARGE)),
    'http-malformed',
    /not proper HTTP/,
  ),
  fault(
    'another protocol',
    raw('SSH-2.0-OpenSSH_9.2\r\n'),
    'http-malformed',
    /not proper HTTP .* in "SSH-2\.0-OpenSSH_9\.2\\r\\n"/,
  ),
  fault(
    'a compression bomb',
    mode(packed('gzip', BOMB)),
    'content-encoding',
    /answered in the coding "gzip" \(2 attempts: GET, POST\)$/,
  ),
  fault(
    'a compression bomb in the transfer',
    raw(`${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n`),
    'content-encoding',
    /answered in the coding "gzip, chunked"/,
  ),
  fault(
    '204',
    raw('HTTP/1.1 204 No Content\r\n\r\n'),
    'http-status',
    /answered with status 204 \(2 attempts: GET, POST\)$/,
  ),
  fault(
    '404',
    mode({ kind: 'http', status: 404, headers: { 'content-type': 'text/html' }, body: '<html>Not found' }),
    'http-status',
    /status 404, and the body begins with "<html>Not found" \(2 attempts/,
  ),
  fault(
    '429',
    mode({ kind: 'http', status: 429, body: 'slow down' }),
    'http-status',
    /status 429, and the body begins with "slow down" \(3 attempts/,
  ),
  fault('503', mode({ kind: 'http', status: 503 }), 'http-status', /status 503/),
  fault(
    '503 with a page without end',
    raw(endlessly('HTTP/1.1 503 Busy\r\n\r\n', '<html>')),
    'http-status',
    /status 503, and the body begins with "<html><html>/,
  ),
  fault(
    '200 with a login page',
    mode('html'),
    'media-type',
    /begins with "<!DOCTYPE html>.*; this looks like a captive portal or a proxy page \(2 attempts: GET, POST\)$/,
  ),
  fault(
    'a redirect to a login page',
    portal,
    'media-type',
    /this looks like a captive portal or a proxy page \(2 attempts: GET, POST\)$/,
  ),
  fault(
    '511',
    mode({ kind: 'http', status: 511 }),
    'http-status',
    /status 511.*; this looks like a captive portal/,
  ),
  fault(
    'the right body with a wrong type',
    mode('wrong-media-type'),
    'media-type',
    /with the media type "application\/octet-stream", and the body begins with "0/,
  ),
  {
    name: 'the right body with an odd spelling of the type',
    arrange: mode({ kind: 'media-type', type: 'Application/OCSP-Response; v=1' }),
    outcome: 'updated absent',
    says: /good until/,
  },
  fault('no body', mode('empty'), 'body-empty', /answered with an empty body/),
  fault('a body of garbage', mode('garbage'), 'der-malformed', /refused/),
];

function packed(coding: string, body: Uint8Array): Mode {
  return { kind: 'http', status: 200, headers: { 'content-encoding': coding }, body };
}

async function portal(tools: FaultTools): Promise<Arrangement> {
  const page = await tools.raw(
    'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 11\r\n\r\n<html>login',
  );
  return { mode: { kind: 'redirect', to: `${page.url}login` } };
}
