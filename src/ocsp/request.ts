import { Integer, Null, OctetString } from 'asn1js';
import { AlgorithmIdentifier, CertID, Extension, OCSPRequest, Request, TBSRequest } from 'pkijs';
import { hashOid } from '../x509/signature-algorithm.js';
import { type CertId, isSameIssuer, type IssuerId, OID } from './cert-id.js';

export interface RequestContents {
  readonly certId: CertId;
  /** Other certificates that the same response must be about. */
  readonly further?: readonly CertId[] | undefined;
  /** The nonce of 32 bytes (RFC 9654 §2.1); no nonce is sent if undefined. */
  readonly nonce?: Uint8Array | undefined;
}

/**
 * Encodes an OCSPRequest (RFC 6960 §4.1.1) in DER: one Request for each certificate, unsigned, without
 * singleRequestExtensions, with the default version. RFC 9919 §3.1 has a single Request, and so has every request here but
 * that for a file that several certificates share.
 */
export function buildRequest({ certId, further = [], nonce }: RequestContents): Uint8Array {
  const tbsRequest = new TBSRequest({
    requestList: [
      complete(knownDraftFor(certId), certId),
      ...further.map((one) => complete(draftFor(one), one)),
    ],
    ...(nonce === undefined ? {} : { requestExtensions: [nonceExtension(nonce)] }),
  });
  return new Uint8Array(new OCSPRequest({ tbsRequest }).toSchema(true).toBER());
}

/** A Request about a certificate of an issuer. Only the serial number differs from one to the next. */
interface Draft {
  readonly issuer: IssuerId;
  readonly request: Request;
  readonly reqCert: CertID;
}

/** The draft of the last request: most certificates of a run have the issuer of the one before. */
let last: Draft | undefined;

/** Returns a draft that is valid until the next call. */
function knownDraftFor(issuer: IssuerId): Draft {
  if (last === undefined || !isSameIssuer(last.issuer, issuer)) last = draftFor(issuer);
  return last;
}

function draftFor(issuer: IssuerId): Draft {
  const reqCert = encodeIssuer(issuer);
  return { issuer, request: new Request({ reqCert }), reqCert };
}

/** Sets the serial number. Its content octets stay as they are: no sign is added, no padding removed. */
function complete({ request, reqCert }: Draft, { serialNumber }: CertId): Request {
  reqCert.serialNumber = new Integer({ valueHex: serialNumber });
  return request;
}

function encodeIssuer(certId: IssuerId): CertID {
  return new CertID({
    // The parameters are NULL for SHA-2 too, as in OpenSSL, because some responders compare CertIDs as bytes.
    hashAlgorithm: new AlgorithmIdentifier({
      algorithmId: hashOid(certId.hashAlgorithm),
      algorithmParams: new Null(),
    }),
    issuerNameHash: new OctetString({ valueHex: certId.issuerNameHash }),
    issuerKeyHash: new OctetString({ valueHex: certId.issuerKeyHash }),
  });
}

/** Makes the nonce extension. Its value is an OCTET STRING inside of extnValue (RFC 9654 §2.1). */
function nonceExtension(nonce: Uint8Array): Extension {
  return new Extension({
    extnID: OID.pkixOcspNonce,
    extnValue: new OctetString({ valueHex: nonce }).toBER(),
  });
}
