import { Cursor, DerError, TAG, contextTag, readOnly, sequence, type Element } from '../asn1/der.js';
import { readExtensions, type Extensions } from '../asn1/extensions.js';
import { readGeneralizedTime, type Time } from '../asn1/time.js';
import { describeHashAlgorithm, readHashAlgorithm, type Hash } from '../signature/hash.js';

/** SingleResponse (RFC 6960 §4.2.1): what is said of one certificate. */
export interface SingleResponse {
  readonly certId: ResponseCertId;
  readonly status: CertStatus;
  readonly thisUpdate: Time;
  readonly nextUpdate: Time | undefined;
  readonly extensions: Extensions;
}

/** A CertID as a response states it; a hash that we do not know is undefined. */
export interface ResponseCertId {
  readonly der: Uint8Array;
  readonly hashAlgorithm: Hash | undefined;
  /** The same for people, whatever it is. */
  readonly hashName: string;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serialNumber: Uint8Array;
}

export type CertStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly revocationTime: Time; readonly reason: number | undefined }
  | { readonly kind: 'unknown' }
  /** Revoked, as it is written, but in the form that means a certificate that was never issued. */
  | { readonly kind: 'non-issued' };

/** Throws DerError. */
export function readSingleResponse(element: Element): SingleResponse {
  const fields = sequence(element, 'a SingleResponse');
  const certId = readCertId(fields.next(TAG.sequence, 'certID'));
  const status = readCertStatus(fields.any());
  const thisUpdate = readGeneralizedTime(fields.next(TAG.generalizedTime, 'thisUpdate').content);
  const nextUpdate = readNextUpdate(fields);
  const wrapped = fields.optional(contextTag(1));
  fields.end();
  const extensions: Extensions = wrapped === undefined ? new Map() : readExtensions(wrapped.content);
  return { certId, status, thisUpdate, nextUpdate, extensions };
}

function readCertId(element: Element): ResponseCertId {
  const fields = sequence(element, 'a CertID');
  const algorithm = fields.next(TAG.sequence, 'hashAlgorithm');
  const hashAlgorithm = readHashAlgorithm(algorithm);
  const hashName = hashAlgorithm ?? describeHashAlgorithm(algorithm);
  const issuerNameHash = fields.next(TAG.octetString, 'issuerNameHash').content;
  const issuerKeyHash = fields.next(TAG.octetString, 'issuerKeyHash').content;
  const serialNumber = fields.next(TAG.integer, 'serialNumber').content;
  fields.end();
  return { der: element.bytes, hashAlgorithm, hashName, issuerNameHash, issuerKeyHash, serialNumber };
}

function readCertStatus(element: Element): CertStatus {
  const { tag, content } = element;
  if (tag === contextTag(1)) return readRevokedInfo(element);
  if (content.length === 0 && tag === contextTag(0, 'primitive')) return { kind: 'good' };
  if (content.length === 0 && tag === contextTag(2, 'primitive')) return { kind: 'unknown' };
  throw new DerError('has a certStatus that is neither good, revoked nor unknown');
}

function readRevokedInfo(element: Element): CertStatus {
  const fields = new Cursor(element, 'RevokedInfo');
  const revocationTime = readGeneralizedTime(fields.next(TAG.generalizedTime, 'revocationTime').content);
  const wrapped = fields.optional(contextTag(0));
  fields.end();
  const octets = wrapped && readOnly(wrapped.content, TAG.enumerated, 'revocationReason').content;
  const reason = octets?.length === 1 ? octets[0] : undefined;
  return { kind: 'revoked', revocationTime, reason };
}

const CERTIFICATE_HOLD = 6;

/**
 * Tells what is revoked from what was never issued. A responder may say revoked of the latter, too: then it says so by
 * the extended-revoke extension, the year 1970 and the reason certificateHold (RFC 6960 §2.2, §4.4.8).
 */
export function withoutNonIssued(single: SingleResponse): SingleResponse {
  const { status } = single;
  if (status.kind !== 'revoked' || status.reason !== CERTIFICATE_HOLD) return single;
  const { revocationTime } = status;
  const isEpoch = revocationTime.kind === 'exact' && revocationTime.instant === 0;
  return isEpoch ? { ...single, status: { kind: 'non-issued' } } : single;
}

function readNextUpdate(fields: Cursor): Time | undefined {
  const wrapped = fields.optional(contextTag(0));
  if (wrapped === undefined) return undefined;
  return readGeneralizedTime(readOnly(wrapped.content, TAG.generalizedTime, 'nextUpdate').content);
}
