import type { ResponseOptions, SingleOptions, TestCertificate } from '../../support/ca.js';
import type { Pki } from './pki.js';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A response before it is signed, for the flaws to change. */
export interface UnsignedResponse {
  readonly pki: Pki;
  readonly now: number;
  /** The SingleResponse of the certificate that is asked about. */
  readonly single: Mutable<SingleOptions>;
  /** The hash of the question; undefined: that of the answer. */
  asked: SingleOptions['hash'];
  before: SingleOptions[];
  after: SingleOptions[];
  readonly response: Mutable<Omit<ResponseOptions, 'singles'>>;
  /** Changes the octets at the very end. */
  finish: (der: Uint8Array) => Uint8Array;
  /** The issuer's certificate that whoever verifies has. */
  issuer: TestCertificate;
}
