import type { ErrorCode } from '../error-codes.js';
import type { OcspbotError } from '../errors.js';

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
