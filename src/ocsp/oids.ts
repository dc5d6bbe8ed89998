/** Object identifiers of OCSP by the names that RFC 6960 §4.2.1 and §4.4 give them. */
export const OID = {
  pkixOcspBasic: '1.3.6.1.5.5.7.48.1.1',
  pkixOcspNonce: '1.3.6.1.5.5.7.48.1.2',
  pkixOcspExtendedRevoke: '1.3.6.1.5.5.7.48.1.9',
} as const;
