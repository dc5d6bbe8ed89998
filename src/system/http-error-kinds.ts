import {
  BodyTooLarge,
  Closed,
  ConnectTimeIsUp,
  HeaderTooLarge,
  NoFinalAnswer,
  TimeIsUp,
} from './http-progress.js';

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

const OWN: readonly (readonly [new (message: string) => Error, FailureKind])[] = [
  [TimeIsUp, 'time-is-up'],
  [ConnectTimeIsUp, 'connect-timeout'],
  [BodyTooLarge, 'body-too-large'],
  [HeaderTooLarge, 'header-too-large'],
  [NoFinalAnswer, 'malformed'],
  [Closed, 'connection'],
];

/** Codes of Node and of the operating system that mean one thing. */
const CODES: Readonly<Record<string, FailureKind>> = {
  ETIMEDOUT: 'connect-timeout',
  HPE_HEADER_OVERFLOW: 'header-too-large',
  EPROTO: 'tls',
};

const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_CERT_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_)/;

/** What an error of Node or of our own limits is about. */
export function kindOf(error: Error): FailureKind {
  const own = OWN.find(([type]) => error instanceof type);
  if (own !== undefined) return own[1];
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'getaddrinfo') return 'dns';
  if (typeof code !== 'string') return 'unknown';
  if (Object.hasOwn(CODES, code)) return CODES[code] as FailureKind;
  if (code.startsWith('HPE_')) return 'malformed';
  if (TLS_CODE.test(code)) return 'tls';
  return /^E[A-Z]+$/.test(code) ? 'connection' : 'unknown';
}
