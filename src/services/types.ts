import type { VerificationCode } from '../util/errors.js';
import type { Circumstances } from '../ocsp/verify/question.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import type { Staple } from '../staple/staple.js';
import type { Certificate } from '../x509/certificate.js';
import type { Subject } from '../x509/subject.js';

/** A response in the file that HAProxy reads when it starts. */
export interface InstalledResponse {
  /** The name of the certificate. */
  readonly name: string;
  readonly response: VerifiedResponse;
}

/** The responses that a service is to be given over its runtime sockets. */
export interface InstalledResponses {
  readonly responses: readonly InstalledResponse[];
  /** The names of certificates whose response is there, but cannot be used now: their files cannot be read, for example. */
  readonly withheld: readonly string[];
}

/** A certificate of the configuration, and the staple in its file. */
export interface KnownCertificate {
  readonly name: string;
  readonly file: string;
  readonly subject: Subject;
  readonly staple: Staple;
  /** True if the certificate or the configuration names a responder. */
  readonly hasResponder: boolean;
}

/** The result of comparing the response that a server staples with the one in the file. */
export type LiveVerdict =
  /** The server staples the response in the file. */
  | { readonly kind: 'same'; readonly known: KnownCertificate; readonly served: VerifiedResponse }
  /** It staples a good response, but that in the file is newer: a reload is missing. */
  | {
      readonly kind: 'older';
      readonly known: KnownCertificate;
      readonly served: VerifiedResponse;
      readonly installed: VerifiedResponse;
    }
  /** It staples a good response, and that in the file is older or not good. */
  | { readonly kind: 'newer'; readonly known: KnownCertificate; readonly served: VerifiedResponse }
  /** It staples a good response, and there is no file to compare it with. */
  | { readonly kind: 'good'; readonly served: VerifiedResponse }
  | (Refused & { readonly kind: 'expired' })
  /** The response is for another certificate than the one that is served. */
  | (Refused & { readonly kind: 'foreign' })
  /** The response fails another check: it is revoked, forged or too old. */
  | (Refused & { readonly kind: 'refused' })
  | { readonly kind: 'absent'; readonly known: KnownCertificate | undefined }
  /** The server staples nothing, and the certificate is one without OCSP. */
  | { readonly kind: 'not-applicable'; readonly known: KnownCertificate | undefined }
  /** The certificate of the server is not in the configuration. */
  | { readonly kind: 'other-certificate'; readonly subject: string }
  /** The server cannot be judged. */
  | { readonly kind: 'unreachable'; readonly problem: string; readonly hint: string };

interface Refused {
  readonly known: KnownCertificate | undefined;
  readonly code: VerificationCode;
  readonly problem: string;
}

/** Finds the entry of a served certificate. Among several entries, that with the stapled response comes first. */
export type LookUp = (served: Certificate, stapled: Uint8Array | undefined) => KnownCertificate | undefined;

/** The policy, the time and the responders by which a stapled response is verified. */
export type LiveCircumstances = Pick<Circumstances, 'policy' | 'now'> & {
  readonly trustedResponders: readonly Certificate[];
};
