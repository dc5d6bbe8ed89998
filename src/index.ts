// The library reads certificates and responses, builds requests, verifies responses, and decides when one is due.
export { readCertificate, type Certificate } from './x509/certificate.js';
export { findIssuer, findLeaf } from './x509/chain.js';
export { certificatesInFile } from './x509/pem.js';
export { makeCertId, type CertId } from './ocsp/cert-id.js';
export { buildRequest, type RequestContents } from './ocsp/request.js';
export { verify, type Examination, type VerifiedResponse } from './ocsp/verify/verify.js';
export type { CheckResult } from './ocsp/verify/check.js';
export type { Circumstances, Question } from './ocsp/verify/question.js';
export { scheduleOf, type Schedule } from './staple/schedule.js';
export type { ResponsePolicy, Thresholds } from './configuration/model.js';
export { DEFAULTS } from './util/limits.js';
export { OcspbotError, type ErrorCode, type VerificationCode } from './util/errors.js';
