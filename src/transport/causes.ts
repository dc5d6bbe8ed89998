import type { ErrorCode } from '../error-codes.js';
import type { OcspbotError } from '../errors.js';

/** What an attempt has failed of, as far as it says what to try next. */
export type Cause =
  /** Waiting may mend it. */
  | 'passing'
  /** A cache on the way may have kept this too long. */
  | 'stale'
  /** The responder knows the certificate not at all, or not by this hash; or a cache remembers that it did not. */
  | 'unauthorized'
  | 'request-refused'
  | 'method-refused'
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
};

/** `status`: of HTTP, where there was an answer. */
export function causeOf({ code, cause }: OcspbotError, status?: number): Cause {
  if (code === 'http-status' && status !== undefined) return causeOfStatus(status);
  // The name server itself is out of reach, as when a machine has just been started.
  if (code === 'dns-failure' && (cause as NodeJS.ErrnoException | undefined)?.code === 'EAI_AGAIN')
    return 'passing';
  return CAUSES[code] ?? 'other';
}

function causeOfStatus(status: number): Cause {
  switch (status) {
    // What boulder says of a request that it cannot read.
    case 400:
      return 'request-refused';
    case 404:
    case 405:
    case 411:
    case 413:
    case 414:
    case 415:
    case 501:
      return 'method-refused';
    case 408:
    case 429:
      return 'passing';
    default:
      return status >= 500 ? 'passing' : 'other';
  }
}
