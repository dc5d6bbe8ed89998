import { LIMITS } from '../defaults.js';
import type { ErrorCode } from '../error-codes.js';
import { OcspbotError } from '../errors.js';
import { shownUrl } from '../text/printable.js';
import type { Duration } from '../time/duration.js';
import { kindOf, type FailureKind } from './http-error-kinds.js';
import { hintFor } from './http-hints.js';
import type { Progress } from './http-progress.js';
import { answered, detail, octetsOf, peerOf, quotePacket, seconds } from './http-words.js';
import type { HttpLimits, HttpRequest } from './interfaces/http.js';

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
