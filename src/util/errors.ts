import { messageOf, systemWords } from './system-errors.js';

export interface ErrorDetails {
  /** A sentence that tells an administrator what to do. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Replaces the class that belongs to the code. */
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

/** Turns whatever was thrown into an OcspbotError; an error of any other type becomes `internal`. */
export function toOcspbotError(thrown: unknown): OcspbotError {
  if (thrown instanceof OcspbotError) return thrown;
  const message = thrown instanceof Error ? messageOf(thrown) : String(thrown);
  return new OcspbotError('internal', message, { cause: thrown });
}

/** Joins the message of an error and those of its causes on one line, without repetition. */
export function describe(thrown: unknown): string {
  const messages: string[] = [];
  for (let error = thrown; error !== undefined && messages.length < 5; error = (error as Error).cause) {
    const message = error instanceof Error ? wordsOf(error, messages.length > 0) : String(error);
    if (!messages.some((said) => said.includes(message))) messages.push(message);
    if (!(error instanceof Error)) break;
  }
  return messages.join(': ').replaceAll(/\s+/g, ' ').trim();
}

/** Returns a message; that of a failed system call without its path if `isCause`, because the message before names it. */
function wordsOf(error: Error, isCause: boolean): string {
  return isCause && 'syscall' in error ? systemWords(error) : messageOf(error);
}

/** The codes of all failures of the program. They are stable: monitoring and callers may rely on them. */
export type ErrorCode =
  // the caller and the configuration
  | 'usage'
  | 'configuration-invalid'
  | 'configuration-unreadable'
  /** A scan found a certificate under the name of another one. */
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
  /** No request was sent: an earlier attempt has failed, and there is time to wait. */
  | 'waiting'
  /** No request was sent: the responder or its host has failed for other certificates, or the run was ended. */
  | 'not-asked'
  // installing
  | 'target-unsuitable'
  | 'no-space'
  | 'not-permitted'
  | 'read-only'
  | 'write-failed'
  | 'read-back-differs'
  | 'locked'
  /** Another program changed or deleted the Secret of Kubernetes to which a response was to be written. */
  | 'secret-changed'
  | 'secret-deleted'
  // rolling back
  | 'no-backup'
  // the machine and ourselves
  | 'clock-wrong'
  | 'internal'
  | VerificationCode;

/**
 * The reasons why a response is refused, or only warned about: one code for each fact, grouped by the step of the
 * verification that finds it. The codes are stable: JSON output and monitoring use them.
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
  | 'answer-not-first'
  // 9: responderID
  | 'responder-id-mismatch'
  // 10: signature
  | 'signature-algorithm-refused'
  | 'signature-algorithm-malformed'
  | 'signature-key-mismatch'
  | 'signature-key-unsound'
  | 'signature-key-weak'
  | 'signature-sha1'
  | 'signature-pss-unusual'
  | 'signature-invalid'
  // 11: the signer's authority
  | 'signer-not-found'
  | 'signer-not-authorized'
  | 'signer-version'
  | 'signer-has-issuer-name'
  | 'signer-copy-differs'
  | 'signer-without-ocsp-signing'
  | 'signer-key-usage'
  | 'signer-non-repudiation'
  | 'signer-is-ca'
  | 'signer-name-constraints'
  | 'signer-not-yet-valid'
  | 'signer-expired'
  // 12: nocheck
  | 'signer-without-nocheck'
  | 'signer-nocheck-critical'
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
  | 'nonce-critical'
  // 19: certStatus
  | 'certificate-revoked'
  | 'certificate-unknown'
  // 20: never backwards
  | 'older-than-installed'
  // a file that several certificates share
  | 'not-good-for-all';

/**
 * The kinds of failures. `evidence`: the response is wrong. `policy`: the response is genuine, but not accepted here
 * and now (because of its times or its age, or of an algorithm or a key).
 */
export type FailureClass = 'evidence' | 'policy';
