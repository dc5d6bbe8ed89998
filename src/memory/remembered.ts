import { createHash } from 'node:crypto';
import type { Form } from '../transport/attempt.js';
import type { Validators } from '../transport/request.js';
import type { Instant } from '../time/instant.js';

/** Not to be asked again for a while. */
export interface Wait {
  readonly since: Instant;
  readonly until: Instant;
  /** Code of the error, or `no-newer-response`. */
  readonly why: string;
  /** How many times in a row. */
  readonly count: number;
}

/** What differs from the usual with one responder. */
export interface ResponderRecord {
  /** The form that has worked, where it is not the first that would be tried. */
  readonly form?: (Form & { readonly since: Instant }) | undefined;
  /** It was out of order for several certificates, or has asked to be left alone. */
  readonly wait?: Wait | undefined;
}

/** A certificate that was asked about without getting anything new. */
export interface CertificateRecord {
  readonly wait: Wait;
  /** After `no-newer-response`. */
  readonly copy?: Copy | undefined;
}

/** The response in place, as the responder knows it. */
export interface Copy extends Validators {
  /** Of the response; what is said here is of no worth for another one. */
  readonly digest: string;
}

export function digestOf({ der }: { readonly der: Uint8Array }): string {
  return createHash('sha256').update(der).digest('hex');
}

/** What a run may know of earlier ones. Nothing of it is needed: all may be forgotten at any time. */
export interface Remembered {
  /** By URL. */
  readonly responders: ReadonlyMap<string, ResponderRecord>;
  /** By `certificateKey`. */
  readonly certificates: ReadonlyMap<string, CertificateRecord>;
}

export const NOTHING: Remembered = { responders: new Map(), certificates: new Map() };
