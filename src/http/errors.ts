import { type ErrorCode, OcspbotError } from '../util/errors.js';
import { hostPortOf } from '../util/host-port.js';
import { LIMITS } from '../util/limits.js';
import { printable, shownUrl } from '../util/text.js';
import { type Duration, SECOND } from '../util/time.js';
import { type FailureKind, hintFor, failureKindOf } from './error-kinds.js';
import { shownPeer } from './route.js';
import { NoFinalAnswer, type Progress } from './trace.js';
import type { HttpLimits, HttpRequest } from './types.js';

interface FailedExchange {
  readonly request: HttpRequest;
  readonly limits: HttpLimits;
  readonly progress: Progress;
}

type KnownFailure = Exclude<FailureKind, 'unknown'>;

/**
 * Turns the failure of an exchange into an OcspbotError that names the exchange. An error that has nothing to do with
 * the network is returned unchanged.
 */
export function transportError(thrown: unknown, failed: FailedExchange): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { request, progress } = failed;
  const { method, url } = request;
  const where = `${method} ${request.isSecret ? new URL(url).origin : shownUrl(url)}`;
  if (thrown instanceof OcspbotError) {
    const { code, message, hint, cause } = thrown;
    return new OcspbotError(code, `${where}: ${message}`, { hint, cause });
  }
  const kind = failureKindOf(thrown);
  if (kind === 'unknown') return thrown;
  const what = describeFailure(kind, failed, thrown);
  // The cause is kept only if the message quotes it, so that `describe` does not say the same in other words. The causes of
  // undici hold bytes of the answer.
  const cause = !request.isConfidential && what.includes(thrown.message) ? thrown : undefined;
  return new OcspbotError(CODES[kind], `${where}: ${what}`, { hint: hintFor(kind, progress, thrown), cause });
}

const CODES: Readonly<Record<KnownFailure, ErrorCode>> = {
  'time-is-up': 'timeout',
  'connect-timeout': 'timeout',
  'body-too-large': 'body-too-large',
  dns: 'dns-failure',
  tls: 'tls-failure',
  'header-too-large': 'http-malformed',
  malformed: 'http-malformed',
  connection: 'connection-failed',
};

function describeFailure(kind: KnownFailure, failed: FailedExchange, error: Error): string {
  const { request, limits, progress } = failed;
  const peer = peerOf(request.url, progress);
  const cause = detailOf(error);
  switch (kind) {
    case 'time-is-up':
      return describeTimeout(peer, limits.timeout, failed);
    case 'connect-timeout':
      return describeTimeout(peer, Math.min(limits.connectTimeout, limits.timeout), failed);
    case 'body-too-large':
      return `the body from ${peer} is longer than ${limits.maxBody} bytes${describePartialAnswer(failed)}`;
    case 'dns':
      return `the name of ${peer} could not be looked up (${cause})`;
    case 'tls':
      return `no TLS connection to ${peer} (${cause})`;
    case 'header-too-large':
      return `the header of the answer from ${peer} is longer than ${LIMITS.responseHeader} bytes`;
    case 'malformed':
      return `the answer from ${peer} is not proper HTTP (${cause})${quotePacket(error, failed)}${describePartialAnswer(failed)}`;
    case 'connection':
      return `${describeBroken(peer, progress)} (${cause})${describePartialAnswer(failed)}`;
  }
}

function describeTimeout(peer: string, limit: Duration, failed: FailedExchange): string {
  const { progress } = failed;
  const within = `within ${seconds(limit)}`;
  switch (progress.stage) {
    case 'dns':
      return `the name of ${peer} could not be looked up ${within}`;
    case 'connect':
      return `no connection to ${peer}${otherAddresses(peer, progress)} ${within}`;
    case 'tunnel':
      return `no answer from ${peer} to CONNECT ${within}`;
    case 'tls':
      return `no TLS connection to ${peer} ${within}`;
    case 'request':
      return describeAnswerTimeout(peer, limit, failed);
  }
}

function describeAnswerTimeout(peer: string, limit: Duration, failed: FailedExchange): string {
  const { progress } = failed;
  if (progress.status === undefined) return `no answer from ${peer} within ${seconds(limit)}`;
  const came = `the answer from ${peer} was not complete after ${seconds(limit)}`;
  return `${came} (${bodyLengthOf(progress)} of body came)${describePartialAnswer(failed)}`;
}

function otherAddresses(peer: string, { addresses }: Progress): string {
  const others = addresses.filter((address) => !peer.includes(address));
  return others.length === 0 ? '' : ` (${others.join(', ')})`;
}

function describeBroken(peer: string, progress: Progress): string {
  if (progress.status === undefined) return `no answer from ${peer}`;
  return `the connection to ${peer} broke after ${bodyLengthOf(progress)} of body`;
}

/** Returns host and port of the server or proxy, and its address if known. */
function peerOf(url: string, { proxy, address, isPastProxy }: Progress): string {
  if (proxy !== undefined && !isPastProxy)
    return `the proxy ${proxy}${shownPeer(proxy, { address, proxy: undefined })}`;
  return `${hostPortOf(new URL(url))}${shownPeer(url, { address, proxy })}`;
}

/**
 * Returns Node's message, which names the address that was tried. If several were tried, returns the messages of all.
 */
function detailOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map((each) => (each as Error).message).join(', ');
  const { code = '', reason } = error as { code?: string; reason?: string };
  // The message of OpenSSL's errors surrounds the reason with numbers and file names.
  return /^(ERR_SSL_|EPROTO)/.test(code) && reason !== undefined ? reason : error.message;
}

function seconds(duration: Duration): string {
  return `${duration / SECOND} s`;
}

function bodyLengthOf({ bodyBytes, announced }: Progress): string {
  return announced === undefined ? `${bodyBytes} bytes` : `${bodyBytes} of ${announced} bytes`;
}

/** Describes an answer that was not read to its end. */
function describePartialAnswer({ request, progress: { status, chunks } }: FailedExchange): string {
  if (status === undefined) return '';
  if (chunks.length === 0 || request.isConfidential) return `; its status is ${status}`;
  return `; its status is ${status}, and the body begins with "${printable(Buffer.concat(chunks), LIMITS.quotedBody)}"`;
}

/** Quotes the bytes that could not be parsed. */
function quotePacket(error: Error, { request }: FailedExchange): string {
  const packet = error instanceof NoFinalAnswer ? error.packet : undefined;
  return packet === undefined || request.isConfidential
    ? ''
    : ` in "${printable(packet, LIMITS.quotedBody)}"`;
}
