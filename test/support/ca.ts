/** Our own CA: real keys, real signatures, and every wrong thing that one wants. */
export { makeAuthority, type Authority, type AuthorityOptions } from './authority.js';
export {
  makeCertificate,
  NOT_AFTER,
  NOT_BEFORE,
  toPem,
  type CertificateOptions,
  type TestCertificate,
} from './certificates.js';
export { keyFromPem, keyToPem, makeKey, type Key, type KeyKind } from './keys.js';
export {
  makeCertId,
  makeErrorResponse,
  makeParts,
  makeResponse,
  responderByKey,
  responderByName,
  wrap,
  type ErrorStatus,
  type ResponseOptions,
  type ResponseParts,
  type SingleOptions,
  type SingleResponseOptions,
  type Status,
  type Time,
} from './responses.js';
export type { HashName, SignatureName } from './signing.js';
