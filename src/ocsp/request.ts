import { Integer, Null, OctetString } from 'asn1js';
import { AlgorithmIdentifier, CertID, Extension, OCSPRequest, Request, TBSRequest } from 'pkijs';
import type { CertId } from './cert-id.js';
import type { HashName } from '../x509/name.js';

/** RFC 3279 §2.1, RFC 5754 §2.2 */
const HASH_OIDS: Readonly<Record<HashName, string>> = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
};

/** id-pkix-ocsp-nonce (RFC 9654 §2.1) */
const NONCE_OID = '1.3.6.1.5.5.7.48.1.2';

export interface RequestContents {
  readonly certId: CertId;
  /** 32 octets (RFC 9654 §2.1); left out when undefined. */
  readonly nonce?: Uint8Array | undefined;
}

/**
 * The DER of an OCSPRequest (RFC 6960 §4.1.1) for one certificate: one Request, unsigned, without
 * singleRequestExtensions (RFC 9919 §3.1), version left to its default.
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
    // NULL parameters for SHA-2 as well, as OpenSSL does: some responders compare CertIDs as bytes
    hashAlgorithm: new AlgorithmIdentifier({
      algorithmId: HASH_OIDS[certId.hashAlgorithm],
      algorithmParams: new Null(),
    }),
    issuerNameHash: new OctetString({ valueHex: certId.issuerNameHash }),
    issuerKeyHash: new OctetString({ valueHex: certId.issuerKeyHash }),
    // the octets as they are: no sign is added, no padding removed
    serialNumber: new Integer({ valueHex: certId.serialNumber }),
  });
}

/** The value of the extension is itself an OCTET STRING, inside of extnValue (RFC 9654 §2.1). */
function nonceExtension(nonce: Uint8Array): Extension {
  return new Extension({
    extnID: NONCE_OID,
    extnValue: new OctetString({ valueHex: nonce }).toBER(),
  });
}
