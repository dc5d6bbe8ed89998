import type { TestCertificate } from './certificates.js';
import type { Octets } from './der.js';
import type { HashName, SignatureName } from './signing.js';

/** Milliseconds since the epoch, or the octets to put in its place. */
export type Time = number | Uint8Array;

/** `reason`: a CRLReason (RFC 5280 §5.3.1). Octets: the CertStatus itself. */
export type Status = 'good' | 'unknown' | { readonly revoked: Time; readonly reason?: number } | Uint8Array;

export interface SingleOptions {
  /** The certificate whose status this is, or the content octets of its serial number. */
  readonly certificate: TestCertificate | Uint8Array;
  /** The CA of the CertID; by default the issuer of the response. */
  readonly issuer?: TestCertificate | undefined;
  /** The CertID itself, in place of the computed one. */
  readonly certId?: Uint8Array | undefined;
  readonly hash?: HashName | undefined;
  readonly status?: Status | undefined;
  readonly thisUpdate: Time;
  /** Left out of the response when undefined. */
  readonly nextUpdate?: Time | undefined;
  /** Encoded Extensions. */
  readonly extensions?: readonly Uint8Array[] | undefined;
}

/** The pieces of a BasicOCSPResponse and its wrapping after the signature was made. */
export interface ResponseParts {
  responseStatus: Octets;
  /** Content of the OBJECT IDENTIFIER's element. */
  responseType: Octets;
  tbs: Octets;
  algorithm: Octets;
  /** The whole BIT STRING. */
  signature: Octets;
  /** `[0] EXPLICIT SEQUENCE OF Certificate`, or no octets. */
  certificates: Octets;
}

export interface ResponseOptions {
  /** The CA of the certificates that the response is about. */
  readonly issuer: TestCertificate;
  /** The signer; by default the issuer. */
  readonly signer?: TestCertificate | undefined;
  /** SingleResponses; octets are taken as one whole encoded SingleResponse. */
  readonly singles: readonly (SingleOptions | Uint8Array)[];
  /** Octets: the whole ResponderID. */
  readonly responderId?: 'byName' | 'byKey' | Uint8Array | undefined;
  /** producedAt; by default the first thisUpdate that is a number. */
  readonly producedAt?: Time | undefined;
  /** Embedded certificates; by default the signer, unless it is the issuer. */
  readonly embed?: readonly (TestCertificate | Uint8Array)[] | undefined;
  /** Encoded Extensions. */
  readonly extensions?: readonly Uint8Array[] | undefined;
  readonly nonce?: Uint8Array | undefined;
  /** The version; by default 1, which DER leaves out. Bytes are the whole `[0]` element. */
  readonly version?: number | Uint8Array | undefined;
  /** The hash of the CertIDs. */
  readonly hash?: HashName | undefined;
  readonly signature?: SignatureName | undefined;
  /** Changes the ResponseData before it is signed. */
  readonly beforeSigning?: ((tbs: Octets) => Octets) | undefined;
  /** Changes anything after it was signed. */
  readonly tamper?: ((parts: ResponseParts) => void) | undefined;
}

/** A response with one SingleResponse. */
export type SingleResponseOptions = Omit<ResponseOptions, 'singles'> & SingleOptions;
