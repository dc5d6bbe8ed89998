import { sha256 } from '../util/bytes.js';
import type { Instant } from '../util/time.js';
import type { RequestForm } from './attempt.js';
import type { Wait } from './types.js';
import type { Validators } from './validators.js';

/** The record of a responder that needs another form than the usual one, or a wait. */
export interface ResponderRecord {
  /** The form that worked, if it is not the usual one. */
  readonly form?: (RequestForm & { readonly since: Instant }) | undefined;
  /** The wait of a responder that was out of order for several certificates, or asked to be left alone. */
  readonly wait?: Wait | undefined;
}

/** The record of a certificate for which no new response was found. */
export interface CertificateRecord {
  readonly wait: Wait;
  /** Present after `no-newer-response`. */
  readonly copy?: Copy | undefined;
}

/** The response in place, as the responder knows it. */
export interface Copy extends Validators {
  /** The SHA-256 digest of the response. The record is not valid for any other. */
  readonly digest: string;
}

/** Returns the digest by which a response is known again. */
export function digestOf({ der }: { readonly der: Uint8Array }): string {
  return sha256(der);
}

/** The records of earlier runs. None of them is needed: the file may be removed at any time. */
export interface HistoryContents {
  /** The records of responders by URL. */
  readonly responders: ReadonlyMap<string, ResponderRecord>;
  /** The records of certificates by `certificateKey`. */
  readonly certificates: ReadonlyMap<string, CertificateRecord>;
}

export const NOTHING: HistoryContents = { responders: new Map(), certificates: new Map() };
