import { type ErrorCode, OcspbotError } from '../util/errors.js';
import type { Duration } from '../util/time.js';
import type { HashName } from '../configuration/model.js';

/** A form of an OCSP request. */
export interface RequestForm {
  readonly method: 'get' | 'post';
  /** The hash of the CertID. */
  readonly hash: HashName;
}

export function isSameForm(one: RequestForm, other: RequestForm): boolean {
  return one.method === other.method && one.hash === other.hash;
}

export function byOtherMethod({ method, hash }: RequestForm): RequestForm {
  return { method: method === 'get' ? 'post' : 'get', hash };
}

/** A form, and the use of HTTP caches. If `bypassed`, caches are told to ask the responder itself. */
export interface RequestWay {
  readonly form: RequestForm;
  readonly caches: 'used' | 'bypassed';
}

/** A request to a responder that is to be sent once. */
export interface Attempt extends RequestWay {
  readonly responder: URL;
  /** The round counts from 1. Each round but the first begins with a pause. */
  readonly round: number;
  readonly pause: Pause;
}

export interface Pause {
  /** Shortened by chance, so that not all clients come again at the same time. */
  readonly backOff: Duration;
  readonly atLeast: Duration;
}

/** Returns the length of a pause. `chance` is from 0 to 1. */
export function pauseLength({ backOff, atLeast }: Pause, chance: number): Duration {
  return Math.max(atLeast, shortened(backOff, chance));
}

/** Shortens a duration by chance to between a half and the whole of it. */
export function shortened(duration: Duration, chance: number): Duration {
  return Math.round(duration * (0.5 + chance / 2));
}

/** Names a way for messages: `GET past caches`, `POST with SHA-256`. */
export function shownWay({ form, caches }: RequestWay): string {
  const hash = form.hash === 'sha256' ? ' with SHA-256' : '';
  return `${form.method.toUpperCase()}${hash}${caches === 'bypassed' ? ' past caches' : ''}`;
}

/** The end of an attempt, as far as it decides the next one. `final` is also the end of a good answer. */
export type Cause =
  /** Waiting may help. */
  | 'passing'
  /** Waiting may help. The other method would not, because no request got through. */
  | 'unreachable'
  /** A cache may have kept this answer too long. */
  | 'stale'
  /** The responder does not know the certificate, or not by this hash. A cache may have kept this answer. */
  | 'unauthorized'
  | 'request-refused'
  /** The other method may help: the responder, or a firewall or framework before it, refused this one. */
  | 'turned-away'
  | 'hash-refused'
  /** No other request would change the answer. */
  | 'final'
  /** No other way of asking this responder would help. */
  | 'no-other-way';

/** Reports whether waiting may help. */
export function mayPass(cause: Cause): boolean {
  return cause === 'passing' || cause === 'unreachable';
}

const CAUSES: Readonly<Partial<Record<ErrorCode, Cause>>> = {
  'connection-failed': 'passing',
  timeout: 'passing',
  'responder-try-later': 'passing',
  'responder-internal-error': 'passing',
  'response-expired': 'stale',
  'response-too-old': 'stale',
  'signer-expired': 'stale',
  'older-than-installed': 'stale',
  'certificate-unknown': 'stale',
  'responder-unauthorized': 'unauthorized',
  'responder-malformed-request': 'request-refused',
  'certid-hash-mismatch': 'hash-refused',
  'certificate-revoked': 'final',
  'run-timeout': 'final',
  interrupted: 'final',
  'proxy-failure': 'no-other-way',
  // The response is genuine. The responder gives the same one however it is asked.
  'signature-sha1': 'no-other-way',
  'signature-algorithm-refused': 'no-other-way',
  'signature-key-weak': 'no-other-way',
  'next-update-missing': 'no-other-way',
  'next-update-before-this-update': 'no-other-way',
  'this-update-in-future': 'no-other-way',
  'produced-at-in-future': 'no-other-way',
  // The fault is in the administrator's own files, or in the clock: no response would be good.
  'certificate-expired': 'no-other-way',
  'issuer-version': 'no-other-way',
  'issuer-not-ca': 'no-other-way',
  'issuer-key-usage': 'no-other-way',
  'issuer-extensions': 'no-other-way',
  'issuer-not-yet-valid': 'no-other-way',
  'issuer-expired': 'no-other-way',
  'path-not-yet-valid': 'no-other-way',
  'path-expired': 'no-other-way',
};

/** Returns the cause of an error after the request was sent. `status` is the HTTP status, if there was an answer. */
export function causeOf(error: OcspbotError, status?: number): Cause {
  const { code } = error;
  if (code === 'http-status' && status !== undefined) return causeOfStatus(status);
  if (isNameServerDown(error)) return 'passing';
  // The cause is that of the other certificate. Most responders answer about one certificate, however they are asked.
  if (code === 'not-good-for-all' && error.cause instanceof OcspbotError)
    return CAUSES[error.cause.code] ?? 'no-other-way';
  return CAUSES[code] ?? 'turned-away';
}

/** Returns the cause of an error before the request was sent: the responder has refused no method. */
export function causeBeforeSending(error: OcspbotError): Cause {
  const cause = causeOf(error);
  if (cause === 'passing') return 'unreachable';
  return cause === 'final' ? 'final' : 'no-other-way';
}

/** Reports whether no name server answered, as on a machine that has just been started. */
function isNameServerDown({ code, cause }: OcspbotError): boolean {
  return code === 'dns-failure' && (cause as NodeJS.ErrnoException | undefined)?.code === 'EAI_AGAIN';
}

function causeOfStatus(status: number): Cause {
  switch (status) {
    // boulder answers 400 to a request that it cannot read.
    case 400:
      return 'request-refused';
    case 408:
    case 429:
      return 'passing';
    case 501:
      return 'turned-away';
    default:
      return status >= 500 ? 'passing' : 'turned-away';
  }
}
