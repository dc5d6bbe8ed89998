import type { Question } from '../ocsp/verify/question.js';
import type { Certificate } from '../x509/certificate.js';
import type { Subject } from '../x509/subject.js';

/** Returns the question that a response for this certificate must answer. */
export function questionOf(
  { certificate, issuer, path, partners }: Pick<Subject, 'certificate' | 'issuer' | 'path' | 'partners'>,
  trustedResponders: readonly Certificate[],
  above?: readonly Question[],
): Question {
  const { serialNumber, notAfter: certificateEnd } = certificate;
  const also = partners?.map(([name, one]) => ({ name, ...questionOf(one, trustedResponders) }));
  return { serialNumber, certificateEnd, issuer, path, trustedResponders, also, above };
}
