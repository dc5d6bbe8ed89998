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
export function buildRequest(contents: RequestContents): Uint8Array {
  const { certId, further = [], nonce } = contents;
  if (further.length > 0 || nonce !== undefined) return encode(contents);
  return withSerialNumber(modelFor(certId), certId.serialNumber);
}

/** Encoded requests, each about one certificate of an issuer, by the length of its serial number. Nothing comes after it. */
interface Models {
  readonly issuer: IssuerId;
  readonly byLength: Map<number, Uint8Array>;
}

/** The models by the hash of the issuer's key, which is one array for all certificates of an issuer (hashesOf). */
const known = new WeakMap<Uint8Array, Models>();

function modelFor(certId: CertId): Uint8Array {
  const { byLength } = modelsFor(certId);
  const { length } = certId.serialNumber;
  const model = byLength.get(length) ?? encode({ certId });
  byLength.set(length, model);
  return model;
}

function modelsFor(issuer: IssuerId): Models {
  const { hashAlgorithm, issuerNameHash, issuerKeyHash } = issuer;
  const models = known.get(issuerKeyHash);
  if (models !== undefined && isSameIssuer(models.issuer, issuer)) return models;
  // A caller may change its own arrays.
  const [name, key] = [new Uint8Array(issuerNameHash), new Uint8Array(issuerKeyHash)];
  const made = {
    issuer: { hashAlgorithm, issuerNameHash: name, issuerKeyHash: key },
    byLength: new Map<number, Uint8Array>(),
  };
  known.set(issuerKeyHash, made);
  return made;
}

/** Makes the request about another certificate of the same issuer: only the octets of the serial number, its last, differ. */
function withSerialNumber(model: Uint8Array, serialNumber: Uint8Array): Uint8Array {
  const der = model.slice();
  der.set(serialNumber, der.length - serialNumber.length);
  return der;
}

function encode({ certId, further = [], nonce }: RequestContents): Uint8Array {
  const tbsRequest = new TBSRequest({
    requestList: [certId, ...further].map((one) => new Request({ reqCert: encodeCertId(one) })),
    ...(nonce === undefined ? {} : { requestExtensions: [nonceExtension(nonce)] }),
  });
  return new Uint8Array(new OCSPRequest({ tbsRequest }).toSchema(true).toBER());
}

function encodeCertId(certId: CertId): CertID {
  return new CertID({
    // The parameters are NULL for SHA-2 too, as in OpenSSL, because some responders compare CertIDs as bytes.
    hashAlgorithm: new AlgorithmIdentifier({
      algorithmId: hashOid(certId.hashAlgorithm),
      algorithmParams: new Null(),
    }),
    issuerNameHash: new OctetString({ valueHex: certId.issuerNameHash }),
    issuerKeyHash: new OctetString({ valueHex: certId.issuerKeyHash }),
    // Its content octets stay as they are: no sign is added, no padding removed.
    serialNumber: new Integer({ valueHex: certId.serialNumber }),
  });
}

/** Makes the nonce extension. Its value is an OCTET STRING inside of extnValue (RFC 9654 §2.1). */
function nonceExtension(nonce: Uint8Array): Extension {
  return new Extension({
    extnID: OID.pkixOcspNonce,
    extnValue: new OctetString({ valueHex: nonce }).toBER(),
  });
}
