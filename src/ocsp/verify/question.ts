import type { HashName, ResponsePolicy } from '../../configuration/model.js';
import type { VerificationCode } from '../../util/errors.js';
import type { Instant } from '../../util/time.js';
import type { Certificate } from '../../x509/certificate.js';

/** The certificate that a response must be about, and those who may sign the response. */
export interface Question {
  /** The content octets of the certificate's serialNumber. */
  readonly serialNumber: Uint8Array;
  readonly issuer: Certificate;
  /** The notAfter of the certificate; undefined if only its serial number is known. */
  readonly certificateEnd?: Instant | undefined;
  /**
   * The certificates above the issuer up to a root, if known. They must be valid, and their name constraints bind
   * delegates.
   */
  readonly path?: readonly Certificate[] | undefined;
  /** Responder certificates that the configuration pins: they may sign for the issuer, whoever issued them. */
  readonly trustedResponders: readonly Certificate[];
  /** Other certificates that are served with the same response: it must be good for each. */
  readonly also?: readonly FurtherQuestion[] | undefined;
  /**
   * The CA certificates above, whose responses are kept in the same file in PEM (`format: pem-chain`); undefined if the file
   * is one response in DER.
   */
  readonly above?: readonly Question[] | undefined;
}

export interface FurtherQuestion extends Question {
  /** The name of the entry. */
  readonly name: string;
}

/** The parts of a request that its response must repeat. */
export interface Asked {
  /** The hash of the CertID. */
  readonly hash: HashName;
  /** Undefined if none was sent. */
  readonly nonce: Uint8Array | undefined;
}

/** The times of the installed response. */
export interface InstalledTimes {
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant;
  /** Its times about the other certificates that it is for, by the names of the entries. */
  readonly also?: ReadonlyMap<string, InstalledTimes> | undefined;
}

/** The policy and the time by which a response is verified, and what it is compared with. */
export interface Circumstances {
  readonly policy: ResponsePolicy;
  readonly now: Instant;
  /** The request, if the response is the answer to one. */
  readonly asked?: Asked | undefined;
  /** The times of the installed response, if it is good or was before it expired: the new one must not be older. */
  readonly installed?: InstalledTimes | undefined;
  /**
   * Allows a good response to be older, because the installed one is unusable or the user wants it. A revocation must
   * not be older even then.
   */
  readonly mayBeOlder?: boolean | undefined;
  /** Failures that the user overrides: they become warnings. */
  readonly forgiven?: readonly Forgivable[] | undefined;
}

/**
 * The failures that a user may override by force: a response that was good is now too old. No other failure can be
 * overridden: a response that is forged, foreign, revoked or from the future is never installed.
 */
export type Forgivable = Extract<VerificationCode, 'response-expired' | 'response-too-old'>;

export const FORGIVABLE: readonly Forgivable[] = ['response-expired', 'response-too-old'];
