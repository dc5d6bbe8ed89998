export { Integer, Null, OctetString } from 'asn1js';
export { AlgorithmIdentifier, CertID, Extension, OCSPRequest, Request, TBSRequest } from 'pkijs';
