import type { ErrorCode, OcspbotError } from '../util/errors.js';
import type { Duration } from '../util/time.js';
import type { HashName } from '../x509/name.js';

/** How a question is put. */
export interface RequestForm {
  readonly method: 'get' | 'post';
  /** Of the CertID. */
  readonly hash: HashName;
}

export function isSameForm(one: RequestForm, other: RequestForm): boolean {
  return one.method === other.method && one.hash === other.hash;
}

export function byOtherMethod({ method, hash }: RequestForm): RequestForm {
  return { method: method === 'get' ? 'post' : 'get', hash };
}

/** A form, and whether those on the way may answer: where `bypassed`, they are told to ask the responder itself. */
export interface RequestWay {
  readonly form: RequestForm;
  readonly caches: 'used' | 'bypassed';
}

/** One time that a responder is asked. */
export interface Attempt extends RequestWay {
  readonly responder: URL;
  /** Counts from 1; before each round but the first there is a pause. */
  readonly round: number;
  readonly pause: Pause;
}

export interface Pause {
  /** To be shortened by chance, so that not everybody comes again at once. */
  readonly backOff: Duration;
  readonly atLeast: Duration;
}

/** Its length; `chance` is from 0 to 1. */
export function pauseLength({ backOff, atLeast }: Pause, chance: number): Duration {
  return Math.max(atLeast, shortened(backOff, chance));
}

/** To something between half of it and the whole. */
export function shortened(duration: Duration, chance: number): Duration {
  return Math.round(duration * (0.5 + chance / 2));
}

/** As messages call it: `GET past caches`, `POST with SHA-256`. */
export function shownWay({ form, caches }: RequestWay): string {
  const hash = form.hash === 'sha256' ? ' with SHA-256' : '';
  return `${form.method.toUpperCase()}${hash}${caches === 'bypassed' ? ' past caches' : ''}`;
}

/** Why an attempt has failed, as far as it says what to try next. */
export type Cause =
  /** Waiting may help. */
  | 'passing'
  /** Waiting may help. No request got through, so the other method would not. */
  | 'unreachable'
  /** A cache on the way may have kept this too long. */
  | 'stale'
  /** The responder knows the certificate not at all, or not by this hash; or a cache remembers that it did not. */
  | 'unauthorized'
  | 'request-refused'
  /** An answer that the other method may do better: from the responder, or from a firewall or framework before it. */
  | 'turned-away'
  | 'hash-refused'
  /** Whoever else is asked, this is the answer. */
  | 'final'
  /** Nothing that asking in another way would change. */
  | 'other';

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
  'proxy-failure': 'other',
  // The response is genuine: asked in another way, the responder gives the same.
  'signature-sha1': 'other',
  'signature-algorithm-refused': 'other',
  'signature-key-weak': 'other',
  'next-update-missing': 'other',
  'next-update-before-this-update': 'other',
  'this-update-in-future': 'other',
  'produced-at-in-future': 'other',
};

/** The cause where a request was sent. `status`: of HTTP, where there was an answer. */
export function causeOf(error: OcspbotError, status?: number): Cause {
  const { code } = error;
  if (code === 'http-status' && status !== undefined) return causeOfStatus(status);
  if (isNameServerDown(error)) return 'passing';
  return CAUSES[code] ?? 'turned-away';
}

/** The cause where no request was sent, so that no method was refused. */
export function causeBeforeSending(error: OcspbotError): Cause {
  const cause = causeOf(error);
  if (cause === 'passing') return 'unreachable';
  return cause === 'final' ? 'final' : 'other';
}

/** As when a machine has just been started. */
function isNameServerDown({ code, cause }: OcspbotError): boolean {
  return code === 'dns-failure' && (cause as NodeJS.ErrnoException | undefined)?.code === 'EAI_AGAIN';
}

function causeOfStatus(status: number): Cause {
  switch (status) {
    // boulder's answer to a request that it cannot read.
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
