export interface ErrorDetails {
  /** What to do about it, as a sentence for an administrator. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Replaces the class that the code has. */
  readonly class?: FailureClass | undefined;
}

/** Everything this program throws on purpose: a stable code, what went wrong and where, and what to do. */
export class OcspbotError extends Error {
  override readonly name = 'OcspbotError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly class: FailureClass | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.class = details.class;
  }
}

/** The same error type for whatever was thrown: what is not ours is an internal error. */
export function toOcspbotError(thrown: unknown): OcspbotError {
  if (thrown instanceof OcspbotError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new OcspbotError('internal', message, { cause: thrown });
}

/** The message and the messages of its causes, each said once, on one line. */
export function describe(thrown: unknown): string {
  const messages: string[] = [];
  for (let error = thrown; error !== undefined && messages.length < 5; error = (error as Error).cause) {
    const message = error instanceof Error ? error.message : String(error);
    if (!messages.some((said) => said.includes(message))) messages.push(message);
    if (!(error instanceof Error)) break;
  }
  return named(messages.join(': ').replaceAll(/\s+/g, ' ').trim());
}

/** libuv has no name for EDQUOT (122 on Linux), and tells it twice. */
function named(text: string): string {
  return text.replaceAll(
    'Unknown system error -122: Unknown system error -122',
    'EDQUOT: disk quota exceeded',
  );
}

/** What the program can fail with. Stable: monitoring and callers may rely on these names. */
export type ErrorCode =
  // the caller and the configuration
  | 'usage'
  | 'configuration-invalid'
  | 'configuration-unreadable'
  /** Found by a scan, under the name of another certificate. */
  | 'name-taken'
  // certificate files
  | 'file-missing'
  | 'file-unreadable'
  | 'file-empty'
  | 'file-too-large'
  | 'not-a-certificate'
  | 'private-key-given'
  | 'certificate-malformed'
  | 'issuer-not-found'
  | 'issuer-not-trusted'
  | 'certificate-not-yet-valid'
  // asking the responder
  | 'no-responder'
  | 'url-unsupported'
  | 'dns-failure'
  | 'connection-failed'
  | 'proxy-failure'
  | 'tls-failure'
  | 'timeout'
  | 'http-malformed'
  | 'http-status'
  | 'redirect-refused'
  | 'content-encoding'
  | 'media-type'
  | 'body-too-large'
  | 'body-empty'
  | 'run-timeout'
  | 'interrupted'
  /** Nobody was asked: an earlier attempt has failed, and there is time. */
  | 'waiting'
  /** Nobody was asked: the responder has failed for others in this run, or the run was ended. */
  | 'not-asked'
  // installing
  | 'target-unsuitable'
  | 'no-space'
  | 'not-permitted'
  | 'read-only'
  | 'write-failed'
  | 'read-back-differs'
  | 'locked'
  // rolling back
  | 'no-backup'
  // the machine and ourselves
  | 'clock-wrong'
  | 'internal'
  | VerificationCode;

/**
 * Why a response was refused, or only warned about. One code for each fact, grouped by the step that finds it.
 * Codes are stable: they stand in JSON output and in monitoring.
 */
export type VerificationCode =
  // 5: strict DER
  | 'der-malformed'
  // 6: responseStatus (RFC 6960 §2.3, §4.2.1)
  | 'responder-malformed-request'
  | 'responder-internal-error'
  | 'responder-try-later'
  | 'responder-sig-required'
  | 'responder-unauthorized'
  | 'responder-status-unknown'
  // 7: responseType, version, SingleResponses, critical extensions
  | 'response-type-unknown'
  | 'version-unsupported'
  | 'no-single-response'
  | 'critical-extension'
  // 8: CertID
  | 'certid-mismatch'
  | 'certid-hash-mismatch'
  | 'responses-disagree'
  // 9: responderID
  | 'responder-id-mismatch'
  // 10: signature
  | 'signature-algorithm-refused'
  | 'signature-algorithm-malformed'
  | 'signature-key-mismatch'
  | 'signature-key-unsound'
  | 'signature-key-weak'
  | 'signature-sha1'
  | 'signature-invalid'
  // 11: the signer's authority
  | 'signer-not-found'
  | 'signer-not-authorized'
  | 'signer-version'
  | 'signer-has-issuer-name'
  | 'signer-without-ocsp-signing'
  | 'signer-key-usage'
  | 'signer-non-repudiation'
  | 'signer-is-ca'
  | 'signer-name-constraints'
  | 'signer-not-yet-valid'
  | 'signer-expired'
  // 12: nocheck
  | 'signer-without-nocheck'
  // 13: GeneralizedTime
  | 'time-malformed'
  // 14: not from the future
  | 'this-update-in-future'
  | 'produced-at-in-future'
  // 15: nextUpdate
  | 'next-update-missing'
  | 'next-update-before-this-update'
  | 'response-expired'
  // 16: age
  | 'response-too-old'
  | 'interval-unusual'
  // 17: useful until: the certificate, the issuer, and the certificates above it
  | 'certificate-expired'
  | 'issuer-version'
  | 'issuer-not-ca'
  | 'issuer-key-usage'
  | 'issuer-extensions'
  | 'issuer-not-yet-valid'
  | 'issuer-expired'
  | 'path-not-yet-valid'
  | 'path-expired'
  // 18: nonce
  | 'nonce-mismatch'
  // 19: certStatus
  | 'certificate-revoked'
  | 'certificate-unknown'
  // 20: never backwards
  | 'older-than-installed';

/**
 * `evidence`: the response is wrong. `policy`: it is genuine, but not wanted here and now
 * (its times, its age, an algorithm or a key that is not accepted).
 */
export type FailureClass = 'evidence' | 'policy';
