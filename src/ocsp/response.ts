import { type Certificate, type Extensions, readExtensions } from '../x509/certificate.js';
import {
  contextTag,
  Cursor,
  DerError,
  type Element,
  elements,
  readOnly,
  sequence,
  TAG,
  wholeOctets,
} from '../x509/der.js';
import { readRecentCertificate } from '../x509/recent.js';
import { describeHashAlgorithm, type Hash, readHashAlgorithm } from '../x509/signature-algorithm.js';
import { assertStrictDer } from '../x509/strict-der.js';
import { readGeneralizedTime, readOid, type Time } from '../x509/values.js';
import { OID } from './cert-id.js';
import { isReadByOpenssl } from './openssl.js';

/** An OCSPResponse (RFC 6960 §4.2.1) that is read but not verified. */
export type OcspResponse =
  | { readonly kind: 'error-status'; readonly status: number }
  | { readonly kind: 'other-type'; readonly oid: string }
  | BasicOcspResponse;

export interface BasicOcspResponse {
  readonly kind: 'basic';
  /** The exact bytes that are signed. */
  readonly tbsResponseData: Uint8Array;
  /** The version field: 0 is v1. */
  readonly version: number;
  readonly responderId: ResponderId;
  readonly producedAt: Time;
  readonly responses: readonly SingleResponse[];
  readonly extensions: Extensions;
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  /** The `certs` field. It is not covered by the signature, so the verification decides which of them may be used. */
  readonly certificates: readonly Certificate[];
}

export type ResponderId =
  | { readonly kind: 'byName'; readonly name: Uint8Array }
  | { readonly kind: 'byKey'; readonly keyHash: Uint8Array };

/** Reads an OCSPResponse from strict DER. Throws DerError. */
export function readResponse(der: Uint8Array): OcspResponse {
  assertStrictDer(der);
  const outer = sequence(der, 'an OCSPResponse');
  const status = readSmall(outer.next(TAG.enumerated, 'responseStatus'));
  const responseBytes = outer.optional(contextTag(0));
  outer.end();
  if (status !== 0) return { kind: 'error-status', status };
  if (responseBytes === undefined) throw new DerError('is successful but has no responseBytes');
  return readResponseBytes(responseBytes.content);
}

function readResponseBytes(der: Uint8Array): OcspResponse {
  const fields = sequence(der, 'ResponseBytes');
  const oid = readOid(fields.next(TAG.oid, 'responseType').content);
  const response = fields.next(TAG.octetString, 'response').content;
  fields.end();
  return oid === OID.pkixOcspBasic ? readBasicResponse(response) : { kind: 'other-type', oid };
}

function readBasicResponse(der: Uint8Array): BasicOcspResponse {
  assertStrictDer(der);
  const outer = sequence(der, 'a BasicOCSPResponse');
  const tbsResponseData = outer.next(TAG.sequence, 'tbsResponseData');
  const signatureAlgorithm = outer.next(TAG.sequence, 'signatureAlgorithm').bytes;
  const signature = wholeOctets(outer.next(TAG.bitString, 'signature'));
  const certs = outer.optional(contextTag(0));
  outer.end();
  const certificates = certs === undefined ? [] : readCertificates(certs);
  return {
    kind: 'basic',
    tbsResponseData: tbsResponseData.bytes,
    ...readTbs(tbsResponseData),
    signatureAlgorithm,
    signature,
    certificates,
  };
}

type TbsFields = 'version' | 'responderId' | 'producedAt' | 'responses' | 'extensions';

function readTbs(element: Element): Pick<BasicOcspResponse, TbsFields> {
  const fields = sequence(element, 'tbsResponseData');
  const version = readVersion(fields.optional(contextTag(0)));
  const responderId = readResponderId(fields.any());
  const producedAt = readGeneralizedTime(fields.next(TAG.generalizedTime, 'producedAt').content);
  const list = fields.next(TAG.sequence, 'responses');
  const wrapped = fields.optional(contextTag(1));
  fields.end();
  const extensions: Extensions = wrapped === undefined ? new Map() : readExtensions(wrapped.content);
  const singles = elements(list).map(readSingleResponse);
  const responses = extensions.has(OID.pkixOcspExtendedRevoke) ? singles.map(withoutNonIssued) : singles;
  return { version, responderId, producedAt, responses, extensions };
}

function readVersion(wrapped: Element | undefined): number {
  if (wrapped === undefined) return 0;
  return readSmall(readOnly(wrapped.content, TAG.integer, 'version'));
}

function readResponderId({ tag, content }: Element): ResponderId {
  if (tag === contextTag(1)) return { kind: 'byName', name: readOnly(content, TAG.sequence, 'a Name').bytes };
  if (tag === contextTag(2))
    return { kind: 'byKey', keyHash: readOnly(content, TAG.octetString, 'a KeyHash').content };
  throw new DerError('has a responderID that is neither byName nor byKey');
}

function readSmall({ content }: Element): number {
  if (content.length !== 1) throw new DerError('has a number that is out of range');
  return content[0] as number;
}

/** A SingleResponse (RFC 6960 §4.2.1): the status of one certificate. */
export interface SingleResponse {
  readonly certId: ResponseCertId;
  readonly status: CertStatus;
  readonly thisUpdate: Time;
  readonly nextUpdate: Time | undefined;
  readonly extensions: Extensions;
}

/** A CertID in a response. */
export interface ResponseCertId {
  readonly der: Uint8Array;
  /** Undefined if the hash is unknown. */
  readonly hashAlgorithm: Hash | undefined;
  /** The name or the OID of the hash, for messages. */
  readonly hashName: string;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serialNumber: Uint8Array;
}

export type CertStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly revocationTime: Time; readonly reason: number | undefined }
  | { readonly kind: 'unknown' }
  /** `revoked` in the form that means a certificate that was never issued (RFC 6960 §2.2). */
  | { readonly kind: 'non-issued' };

function readSingleResponse(element: Element): SingleResponse {
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
 * Distinguishes a revoked certificate from one that was never issued. A responder may answer `revoked` for the latter
 * with the extended-revoke extension, the year 1970 and the reason certificateHold (RFC 6960 §2.2, §4.4.8).
 */
function withoutNonIssued(single: SingleResponse): SingleResponse {
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

/**
 * Reads the `certs` of a BasicOCSPResponse (RFC 6960 §4.2.1). The signature does not cover them. Clients refuse the
 * whole response because of one certificate that they cannot parse, even if it is not the signer's. Most clients parse
 * like OpenSSL, which examines names and algorithms more closely than we do.
 */
function readCertificates({ content }: Element): Certificate[] {
  return elements(readOnly(content, TAG.sequence, 'certs')).map(({ bytes }) => {
    try {
      const certificate = readRecentCertificate(bytes);
      if (!isReadByOpenssl(certificate)) throw new DerError('OpenSSL does not read');
      return certificate;
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      throw new DerError(`brings along a certificate that ${error.message}`);
    }
  });
}
