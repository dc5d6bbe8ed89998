/** Our own CA: real keys, real signatures, and every wrong thing that one wants. */
export { makeAuthority, type Authority } from './authority.js';
export { makeCertificate, type CertificateOptions, type TestCertificate } from './certificates.js';
export { keyToPem, makeKey, type KeyKind } from './keys.js';
export { makeErrorResponse, makeResponse, type ResponseOptions, type SingleOptions } from './responses.js';
export type { SignatureName } from './signing.js';
