import {
  BodyTooLarge,
  Closed,
  ConnectTimeIsUp,
  HeaderTooLarge,
  NoFinalAnswer,
  type Progress,
  TimeIsUp,
} from './trace.js';

export type FailureKind =
  | 'time-is-up'
  | 'body-too-large'
  | 'connect-timeout'
  | 'dns'
  | 'tls'
  | 'header-too-large'
  | 'malformed'
  | 'connection'
  | 'unknown';

const OWN_ERRORS: readonly (readonly [new (message: string) => Error, FailureKind])[] = [
  [TimeIsUp, 'time-is-up'],
  [ConnectTimeIsUp, 'connect-timeout'],
  [BodyTooLarge, 'body-too-large'],
  [HeaderTooLarge, 'header-too-large'],
  [NoFinalAnswer, 'malformed'],
  [Closed, 'connection'],
];

/** Error codes of Node and of the operating system that have one meaning only. */
const CODES: Readonly<Record<string, FailureKind>> = {
  ETIMEDOUT: 'connect-timeout',
  HPE_HEADER_OVERFLOW: 'header-too-large',
  EPROTO: 'tls',
};

/** UNSPECIFIED is Node's code for the errors of certificates that have no code of their own: only their message differs. */
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_CERT_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_|UNSPECIFIED$)/;

/** Classifies an error of Node or of our own limits. */
export function failureKindOf(error: Error): FailureKind {
  const own = OWN_ERRORS.find(([type]) => error instanceof type);
  if (own !== undefined) return own[1];
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'getaddrinfo') return 'dns';
  if (typeof code !== 'string') return 'unknown';
  if (Object.hasOwn(CODES, code)) return CODES[code] as FailureKind;
  if (code.startsWith('HPE_')) return 'malformed';
  if (TLS_CODE.test(code)) return 'tls';
  return /^E[A-Z]+$/.test(code) ? 'connection' : 'unknown';
}

const PRIVATE_CA =
  'if its certificate is of a private CA, name the file of that in http.ca_file; OCSP is as safe over plain http';
const TLS_HINTS: Readonly<Record<string, string>> = {
  // OpenSSL takes the first bytes of an answer without TLS for the number of a version.
  ERR_SSL_WRONG_VERSION_NUMBER:
    'it does not speak TLS there: write http: in place of https:, or correct the port',
  ERR_TLS_CERT_ALTNAME_INVALID: 'use a host name that its certificate has; OCSP is as safe over plain http',
  CERT_HAS_EXPIRED: 'its operator must renew its certificate; OCSP is as safe over plain http',
};

function tlsHint({ code = '' }: NodeJS.ErrnoException): string {
  return TLS_HINTS[code] ?? PRIVATE_CA;
}

/** Returns a sentence that tells the user what to do about a failure. */
export function hintFor(kind: Exclude<FailureKind, 'unknown'>, progress: Progress, error: Error): string {
  const isProxy = progress.proxy !== undefined && !progress.isPastProxy;
  switch (kind) {
    case 'dns':
      return isProxy
        ? 'check http.proxy or the variables for proxies in the environment, and the name servers of this machine'
        : 'check the host name in the URL, and the name servers of this machine; where only a proxy knows it, set http.proxy';
    case 'tls':
      return tlsHint(error);
    case 'connection':
      return isProxy
        ? 'check that the proxy is running; http.proxy, or the environment, says which'
        : 'check that the responder is running, and that no firewall keeps this machine from it; where a proxy is needed, set http.proxy';
    case 'time-is-up':
    case 'connect-timeout':
      return 'it is slow or out of reach; http.timeout and http.connect_timeout set how long to wait, http.proxy a way around';
    case 'body-too-large':
      return 'check the URL: an OCSP response has a few thousand bytes; http.max_response_size sets the limit';
    case 'header-too-large':
    case 'malformed':
      return 'check that the URL is that of an OCSP responder; if it is, tell its operator';
  }
}
