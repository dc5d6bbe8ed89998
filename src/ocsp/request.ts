import { Integer, Null, OctetString } from 'asn1js';
import { AlgorithmIdentifier, CertID, Extension, OCSPRequest, Request, TBSRequest } from 'pkijs';
import { hashOid } from '../x509/signature-algorithm.js';
import { type CertId, OID } from './cert-id.js';

export interface RequestContents {
  readonly certId: CertId;
  /** The nonce of 32 bytes (RFC 9654 §2.1); no nonce is sent if undefined. */
  readonly nonce?: Uint8Array | undefined;
}

/**
 * Encodes an OCSPRequest (RFC 6960 §4.1.1) for one certificate in DER: one Request, unsigned, without
 * singleRequestExtensions (RFC 9919 §3.1), with the default version.
 */
export function buildRequest({ certId, nonce }: RequestContents): Uint8Array {
  const tbsRequest = new TBSRequest({
    requestList: [new Request({ reqCert: encodeCertId(certId) })],
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
    // The content octets stay as they are: no sign is added, no padding removed.
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
