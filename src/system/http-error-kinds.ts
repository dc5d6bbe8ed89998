import { BodyTooLarge, TimeIsUp } from './http-progress.js';

export type FailureKind =
  | 'time-is-up'
  | 'body-too-large'
  | 'connect-timeout'
  | 'dns'
  | 'tls'
  | 'header-too-large'
  | 'malformed'
  | 'body-length'
  | 'connection'
  | 'unknown';

/** Codes of undici, of Node and of the operating system that mean one thing. */
const KINDS: Readonly<Record<string, FailureKind>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_HEADERS_OVERFLOW: 'header-too-large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'body-length',
  UND_ERR_SOCKET: 'connection',
  UND_ERR_DESTROYED: 'connection',
  EPROTO: 'tls',
};

const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_CERT_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_)/;

/** What an error of undici, of Node's sockets or of our own limits is about. */
export function kindOf(error: Error): FailureKind {
  if (error instanceof TimeIsUp) return 'time-is-up';
  if (error instanceof BodyTooLarge) return 'body-too-large';
  // undici's error for a response that may not be there, like 100 or 101, is a socket error but for its message
  if (/^bad (response|upgrade)$/.test(error.message) || error.name === 'HTTPParserError') return 'malformed';
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'getaddrinfo') return 'dns';
  if (typeof code !== 'string') return 'unknown';
  if (Object.hasOwn(KINDS, code)) return KINDS[code] as FailureKind;
  if (TLS_CODE.test(code)) return 'tls';
  return /^E[A-Z]+$/.test(code) ? 'connection' : 'unknown';
}
