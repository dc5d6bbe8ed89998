import { type ErrorCode, OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { printable, shownUrl } from '../util/text.js';
import { type Duration, SECOND } from '../util/time.js';
import { type FailureKind, hintFor, kindOf } from './error-kinds.js';
import { shownPeer } from './route.js';
import { NoFinalAnswer, type Progress } from './trace.js';
import type { HttpLimits, HttpRequest } from './types.js';

interface Failed {
  readonly request: HttpRequest;
  readonly limits: HttpLimits;
  readonly progress: Progress;
}

type Explained = Exclude<FailureKind, 'unknown'>;

/**
 * The failure of an exchange as an OcspbotError that names it; what has nothing to do with the network is given back
 * as it is.
 */
export function transportError(thrown: unknown, failed: Failed): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { request, progress } = failed;
  const { method, url } = request;
  const where = `${method} ${shownUrl(url)}`;
  if (thrown instanceof OcspbotError) {
    const { code, message, hint, cause } = thrown;
    return new OcspbotError(code, `${where}: ${message}`, { hint, cause });
  }
  const kind = kindOf(thrown);
  if (kind === 'unknown') return thrown;
  const what = describeFailure(kind, failed, thrown);
  // What has been said in other words must not be said again.
  const cause = what.includes(thrown.message) ? thrown : undefined;
  return new OcspbotError(CODES[kind], `${where}: ${what}`, { hint: hintFor(kind, progress), cause });
}

const CODES: Readonly<Record<Explained, ErrorCode>> = {
  'time-is-up': 'timeout',
  'connect-timeout': 'timeout',
  'body-too-large': 'body-too-large',
  dns: 'dns-failure',
  tls: 'tls-failure',
  'header-too-large': 'http-malformed',
  malformed: 'http-malformed',
  connection: 'connection-failed',
};

function describeFailure(kind: Explained, { request, limits, progress }: Failed, error: Error): string {
  const peer = peerOf(request.url, progress);
  const cause = detail(error);
  switch (kind) {
    case 'time-is-up':
      return tooSlow(peer, limits.timeout, progress);
    case 'connect-timeout':
      return tooSlow(peer, Math.min(limits.connectTimeout, limits.timeout), progress);
    case 'body-too-large':
      return `the body from ${peer} is longer than ${limits.maxBody} octets${answered(progress)}`;
    case 'dns':
      return `the name of ${peer} could not be looked up (${cause})`;
    case 'tls':
      return `no TLS connection to ${peer} (${cause})`;
    case 'header-too-large':
      return `the header of the answer from ${peer} is longer than ${LIMITS.responseHeader} octets`;
    case 'malformed':
      return `the answer from ${peer} is not proper HTTP (${cause})${quotePacket(error)}${answered(progress)}`;
    case 'connection':
      return `${broken(peer, progress)} (${cause})${answered(progress)}`;
  }
}

function tooSlow(peer: string, limit: Duration, progress: Progress): string {
  const within = `within ${seconds(limit)}`;
  switch (progress.stage) {
    case 'dns':
      return `the name of ${peer} could not be looked up ${within}`;
    case 'connect':
      return `no connection to ${peer}${tried(peer, progress)} ${within}`;
    case 'tunnel':
      return `no answer from ${peer} to CONNECT ${within}`;
    case 'tls':
      return `no TLS connection to ${peer} ${within}`;
    case 'request':
      return tooSlowAnswer(peer, limit, progress);
  }
}

function tooSlowAnswer(peer: string, limit: Duration, progress: Progress): string {
  if (progress.status === undefined) return `no answer from ${peer} within ${seconds(limit)}`;
  const came = `the answer from ${peer} was not complete after ${seconds(limit)}`;
  return `${came} (${octetsOf(progress)} of body came)${answered(progress)}`;
}

function tried(peer: string, { addresses }: Progress): string {
  const others = addresses.filter((address) => !peer.includes(address));
  return others.length === 0 ? '' : ` (${others.join(', ')})`;
}

function broken(peer: string, progress: Progress): string {
  if (progress.status === undefined) return `no answer from ${peer}`;
  return `the connection to ${peer} broke after ${octetsOf(progress)} of body`;
}

/** Whom we speak to: host and port, and what is known beyond them. */
function peerOf(url: string, { proxy, address, isPastProxy }: Progress): string {
  if (proxy !== undefined && !isPastProxy)
    return `the proxy ${proxy}${shownPeer(proxy, { address, proxy: undefined })}`;
  const { hostname, port, protocol } = new URL(url);
  const host = `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
  return host + shownPeer(url, { address, proxy });
}

/** The words of Node, which name the addresses tried; of several attempts those of each. */
function detail(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map((each) => (each as Error).message).join(', ');
  const { code = '', reason } = error as { code?: string; reason?: string };
  // OpenSSL's own words are in the midst of numbers and file names.
  return /^(ERR_SSL_|EPROTO)/.test(code) && reason !== undefined ? reason : error.message;
}

function seconds(duration: Duration): string {
  return `${duration / SECOND} s`;
}

function octetsOf({ octets, announced }: Progress): string {
  return announced === undefined ? `${octets} octets` : `${octets} of ${announced} octets`;
}

/** What is known of an answer that was not read to its end. */
function answered({ status, chunks }: Progress): string {
  if (status === undefined) return '';
  if (chunks.length === 0) return `; its status is ${status}`;
  return `; its status is ${status}, and the body begins with "${printable(Buffer.concat(chunks), LIMITS.quotedBody)}"`;
}

/** The octets that could not be read. */
function quotePacket(error: Error): string {
  const packet = error instanceof NoFinalAnswer ? error.packet : undefined;
  return packet === undefined ? '' : ` in "${printable(packet, LIMITS.quotedBody)}"`;
}
