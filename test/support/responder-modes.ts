import type { ServerResponse } from 'node:http';
import { makeErrorResponse, type ErrorStatus, type ResponseOptions, type Status } from './responses.js';

/**
 * The behaviour of a responder. Modes that do not concern the content of the response send the good response, or a part
 * of it.
 */
export type Mode =
  | 'good'
  /** For an hour, because of key compromise. */
  | 'revoked'
  | 'unknown'
  | ErrorStatus
  /** nextUpdate was an hour ago. */
  | 'expired'
  /** A good answer for another serial number. */
  | 'foreign'
  /** A good answer signed by a key that has nothing to do with the CA. */
  | 'forged'
  | 'no-next-update'
  | 'nonce-ignored'
  | 'nonce-different'
  | 'garbage'
  | 'empty'
  /** The login page of a hotel, with status 200. */
  | 'html'
  | 'wrong-media-type'
  /** A body that never ends. */
  | 'endless'
  /** Sends one byte of the good response a second. */
  | 'slow'
  /** Never sends anything. */
  | 'stall'
  /** Half of the good answer, and nothing after it. */
  | 'stall-body'
  /** Half of the good answer, then a reset of the connection. */
  | 'reset'
  /** The end of the connection instead of an answer. */
  | 'hang-up'
  /** To itself, for ever. */
  | 'redirect-loop'
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  /** Given octets with 200 and the right media type: an older response, for example. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'media-type'; readonly type: string }
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'lifetime'; readonly lifetime: Lifetime }
  /** Sends the answer of another mode, with further headers or after a delay. */
  | {
      readonly kind: 'with';
      readonly mode?: PlainMode;
      readonly headers?: Readonly<Record<string, string>>;
      readonly after?: Promise<unknown>;
    }
  /** The good answer with anything else that `makeResponse` can do. */
  | { readonly kind: 'change'; readonly options: Partial<ResponseOptions> };

export type PlainMode = Exclude<Mode, { readonly kind: 'with' }>;

/** Times of an answer against the clock of the responder, in milliseconds. */
export interface Lifetime {
  /** thisUpdate and producedAt are so long ago. */
  readonly age: number;
  /** From thisUpdate to nextUpdate; undefined leaves nextUpdate out. */
  readonly validity: number | undefined;
}

const MEDIA_TYPE = 'application/ocsp-response';
const HTML =
  '<!DOCTYPE html><html><body><h1>Welcome to our hotel</h1><form action="/login"></form></body></html>';

/** Sends what the mode says; `good` is the answer that a sound responder would give. */
export function send(mode: PlainMode, good: Uint8Array, response: ServerResponse): void {
  if (typeof mode === 'object') return sendDescribed(mode, good, response);
  switch (mode) {
    case 'malformedRequest':
    case 'internalError':
    case 'tryLater':
    case 'sigRequired':
    case 'unauthorized':
      return sendBody(response, makeErrorResponse(mode));
    case 'garbage':
      return sendBody(response, Buffer.from('30820500this is not what it seems to be'));
    case 'empty':
      return sendBody(response, Buffer.alloc(0));
    case 'html':
      return sendBody(response, Buffer.from(HTML), { 'content-type': 'text/html; charset=utf-8' });
    case 'wrong-media-type':
      return sendBody(response, good, { 'content-type': 'application/octet-stream' });
    case 'redirect-loop':
      return sendBody(response, Buffer.alloc(0), { location: response.req.url ?? '/' }, 307);
    case 'endless':
      return sendEndlessly(response);
    case 'slow':
      return sendSlowly(response, good);
    case 'stall':
      return;
    case 'stall-body':
      return sendHalf(response, good);
    case 'hang-up':
      return void response.socket?.end();
    case 'reset':
      sendHalf(response, good);
      return void setTimeout(() => response.socket?.resetAndDestroy(), 20);
    default:
      return sendBody(response, good);
  }
}

function sendDescribed(mode: Exclude<PlainMode, string>, good: Uint8Array, response: ServerResponse): void {
  switch (mode.kind) {
    case 'redirect':
      return sendBody(response, Buffer.alloc(0), { location: mode.to }, mode.status ?? 302);
    case 'http':
      return sendBody(response, Buffer.from(mode.body ?? ''), mode.headers, mode.status);
    case 'bytes':
      return sendBody(response, mode.bytes);
    case 'media-type':
      return sendBody(response, good, { 'content-type': mode.type });
    default:
      return sendBody(response, good);
  }
}

function sendBody(
  response: ServerResponse,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): void {
  response.writeHead(status, { 'content-type': MEDIA_TYPE, 'content-length': body.length, ...headers });
  response.end(body);
}

function sendHalf(response: ServerResponse, body: Uint8Array): void {
  response.writeHead(200, { 'content-type': MEDIA_TYPE, 'content-length': body.length });
  response.write(body.subarray(0, body.length / 2));
}

function sendSlowly(response: ServerResponse, body: Uint8Array): void {
  response.writeHead(200, { 'content-type': MEDIA_TYPE, 'content-length': body.length });
  let sent = 0;
  const timer = setInterval(() => response.write(body.subarray(sent, ++sent)), 1000);
  response.flushHeaders();
  response.on('close', () => clearInterval(timer));
}

function sendEndlessly(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': MEDIA_TYPE });
  const chunk = Buffer.alloc(16 * 1024, 0x30);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}
