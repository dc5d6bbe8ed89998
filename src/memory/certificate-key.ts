import { createHash } from 'node:crypto';
import type { Question } from '../verification/question.js';

/** Stands for one certificate of one issuer, as a CertID does, but short and independent of its hash. */
export function certificateKey({ issuer, serialNumber }: Pick<Question, 'issuer' | 'serialNumber'>): string {
  const hash = createHash('sha256').update(issuer.subject).update(issuer.subjectPublicKey);
  return hash.update(serialNumber).digest('hex').slice(0, 32);
}
