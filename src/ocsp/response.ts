import { X509Certificate } from 'node:crypto';
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

/** OCSPResponse (RFC 6960 §4.2.1), read but not verified. */
export type OcspResponse =
  | { readonly kind: 'error-status'; readonly status: number }
  | { readonly kind: 'other-type'; readonly oid: string }
  | BasicOcspResponse;

export interface BasicOcspResponse {
  readonly kind: 'basic';
  /** The exact bytes that are signed. */
  readonly tbsResponseData: Uint8Array;
  /** 0 is v1. */
  readonly version: number;
  readonly responderId: ResponderId;
  readonly producedAt: Time;
  readonly responses: readonly SingleResponse[];
  readonly extensions: Extensions;
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  /** They are not signed: whose they are and whether they serve is for others to say. */
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
 * Tells what is revoked from what was never issued. A responder may say revoked of the latter, too: then it says so by
 * the extended-revoke extension, the year 1970 and the reason certificateHold (RFC 6960 §2.2, §4.4.8).
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
 * The `certs` of a BasicOCSPResponse (RFC 6960 §4.2.1). No signature covers them, and clients refuse the whole response
 * for one that they cannot parse, whether or not it is the signer's. Most of them parse like OpenSSL, which looks
 * further into names and algorithms than we do.
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

const known = new WeakMap<Certificate, boolean>();

function isReadByOpenssl(certificate: Certificate): boolean {
  const isRead = known.get(certificate) ?? tryOpenssl(certificate);
  known.set(certificate, isRead);
  return isRead;
}

/** The constructor also takes PEM, wherever in the bytes it stands: hence the comparison. */
function tryOpenssl(certificate: Certificate): boolean {
  const der = withoutKeyAlgorithm(certificate);
  try {
    return new X509Certificate(der).raw.equals(der);
  } catch {
    return false;
  }
}

/**
 * Copies the certificate and gives its key an algorithm that nobody knows: OpenSSL would otherwise read the key of a
 * stranger, whose form nobody has checked.
 */
function withoutKeyAlgorithm({ der, subjectPublicKeyInfo }: Certificate): Uint8Array {
  const fields = sequence(subjectPublicKeyInfo, 'subjectPublicKeyInfo');
  const algorithm = sequence(fields.next(TAG.sequence, 'algorithm'), 'algorithm');
  const { contentStart, end } = algorithm.next(TAG.oid, 'algorithm');
  const offset = subjectPublicKeyInfo.byteOffset - der.byteOffset;
  return new Uint8Array(der).fill(1, offset + contentStart, offset + end);
}
