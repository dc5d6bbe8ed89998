import {
  DerError,
  TAG,
  contextTag,
  elements,
  readOnly,
  sequence,
  wholeOctets,
  type Element,
} from '../asn1/der.js';
import { readExtensions, type Extensions } from '../asn1/extensions.js';
import { readOid } from '../asn1/oid.js';
import { assertStrictDer } from '../asn1/strict.js';
import { readGeneralizedTime, type Time } from '../asn1/time.js';
import type { Certificate } from '../certificates/certificate.js';
import { readCertificates } from './embedded-certificates.js';
import { OID } from './oids.js';
import { readSingleResponse, withoutNonIssued, type SingleResponse } from './single-response.js';

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
