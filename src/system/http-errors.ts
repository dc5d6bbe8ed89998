import { LIMITS } from '../defaults.js';
import type { ErrorCode } from '../error-codes.js';
import { OcspbotError } from '../errors.js';
import { shownUrl } from '../text/printable.js';
import { SECOND, type Duration } from '../time/duration.js';
import { kindOf, type FailureKind } from './http-error-kinds.js';
import type { Progress } from './http-progress.js';
import type { HttpLimits, HttpRequest } from './interfaces.js';

export interface Exchange {
  readonly request: HttpRequest;
  readonly limits: HttpLimits;
  readonly progress: Progress;
}

type Explained = Exclude<FailureKind, 'unknown'>;

/** The failure of an exchange as an OcspbotError; what has nothing to do with the network is given back as it is. */
export function transportError(thrown: unknown, exchange: Exchange): unknown {
  if (!(thrown instanceof Error) || thrown instanceof OcspbotError) return thrown;
  const kind = kindOf(thrown);
  if (kind === 'unknown') return thrown;
  const { method, url } = exchange.request;
  const what = describeFailure(kind, exchange, detail(thrown));
  return new OcspbotError(CODES[kind], `${method} ${shownUrl(url)}: ${what}`, {
    hint: hintFor(kind),
    cause: thrown,
  });
}

const CODES: Readonly<Record<Explained, ErrorCode>> = {
  'time-is-up': 'timeout',
  'connect-timeout': 'timeout',
  'body-too-large': 'body-too-large',
  dns: 'dns-failure',
  tls: 'tls-failure',
  'header-too-large': 'http-malformed',
  malformed: 'http-malformed',
  'body-length': 'http-malformed',
  connection: 'connection-failed',
};

function describeFailure(kind: Explained, { request, limits, progress }: Exchange, cause: string): string {
  const host = peer(request.url);
  switch (kind) {
    case 'time-is-up':
      return tooSlow(host, limits.timeout, progress);
    case 'connect-timeout':
      return `no connection to ${host} within ${seconds(Math.min(limits.connectTimeout, limits.timeout))}`;
    case 'body-too-large':
      return `the body from ${host} is longer than ${limits.maxBody} octets`;
    case 'dns':
      return `the name of ${host} could not be looked up (${cause})`;
    case 'tls':
      return `no TLS connection to ${host} (${cause})`;
    case 'header-too-large':
      return `the header of the answer from ${host} is longer than ${LIMITS.responseHeader} octets`;
    case 'malformed':
      return `the answer from ${host} is not proper HTTP (${cause})`;
    case 'body-length':
      return `the body from ${host} has another length than announced`;
    case 'connection':
      return `${broken(host, progress)} (${cause})`;
  }
}

function tooSlow(host: string, limit: Duration, { status, octets }: Progress): string {
  if (status === undefined) return `no answer from ${host} within ${seconds(limit)}`;
  return `the answer from ${host} was not complete after ${seconds(limit)} (${octets} octets of body came)`;
}

function broken(host: string, { status, octets }: Progress): string {
  if (status === undefined) return `no answer from ${host}`;
  return `the connection to ${host} broke after ${octets} octets of body`;
}

function hintFor(kind: Explained): string {
  switch (kind) {
    case 'dns':
      return 'check the host name in the URL, and the name servers of this machine';
    case 'tls':
      return 'if the responder has a certificate of a private CA, name its file in NODE_EXTRA_CA_CERTS; OCSP is as safe over plain http';
    case 'connection':
      return 'check that the responder is running, and that no firewall keeps this machine from it';
    case 'time-is-up':
    case 'connect-timeout':
      return 'the responder is slow or out of reach; http.timeout and http.connect_timeout set how long to wait';
    case 'body-too-large':
      return 'check the URL: an OCSP response has a few thousand octets; http.max_response_size sets the limit';
    case 'header-too-large':
    case 'malformed':
    case 'body-length':
      return 'check that the URL is that of an OCSP responder; if it is, tell its operator';
  }
}

/** Host and port. */
function peer(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
}

/** The words of Node or undici, which name the addresses tried; of several attempts those of each. */
function detail(error: Error): string {
  const messages =
    error instanceof AggregateError ? error.errors.map((each) => (each as Error).message) : [error.message];
  return messages.join(', ').replace(/\s+/g, ' ').trim();
}

function seconds(duration: Duration): string {
  return `${duration / SECOND} s`;
}
