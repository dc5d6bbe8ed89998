import type { ResponseOptions, SingleOptions, TestCertificate } from '../../support/ca.js';
import type { Pki } from './pki.js';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A response before it is signed, for the flaws to change. */
export interface UnsignedResponse {
  readonly pki: Pki;
  readonly now: number;
  /** The SingleResponse of the certificate that is asked about. */
  readonly single: Mutable<SingleOptions>;
  /** The hash of the request; undefined for the hash of the response. */
  asked: SingleOptions['hash'];
  before: SingleOptions[];
  after: SingleOptions[];
  readonly response: Mutable<Omit<ResponseOptions, 'singles'>>;
  /** Changes the bytes of the finished response. */
  finish: (der: Uint8Array) => Uint8Array;
  /** The issuer's certificate that the verifiers are given. */
  issuer: TestCertificate;
}
