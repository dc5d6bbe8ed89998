import type { Certificate } from '../certificates/certificate.js';
import type { ResponsePolicy } from '../configuration/model.js';
import type { Instant } from '../time/instant.js';

/** Of which certificate a response must speak, and who may sign it. */
export interface Question {
  /** Content octets of the certificate's serialNumber. */
  readonly serialNumber: Uint8Array;
  readonly issuer: Certificate;
  /** Pinned by configuration: these may sign for the issuer, whoever issued them. */
  readonly trustedResponders: readonly Certificate[];
}

/** By which measure and at which moment a response is judged. */
export interface Circumstances {
  readonly policy: ResponsePolicy;
  readonly now: Instant;
  /** The nonce that was sent, if one was. */
  readonly nonce?: Uint8Array | undefined;
  /** Times of the response that is in place and usable, if one is: the new one may not be older. */
  readonly installed?: { readonly thisUpdate: Instant; readonly nextUpdate: Instant } | undefined;
}
