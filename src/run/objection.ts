import type { Objection } from '../staple/staple.js';
import type { InspectedCertificate } from './inspect.js';

/** Returns the reason why a server takes nothing of a file with a good response; undefined if it does. */
export function serverObjection({ staple }: Pick<InspectedCertificate, 'staple'>): Objection | undefined {
  return staple.kind === 'usable' ? staple.chain?.objection : undefined;
}

/** Returns this reason in words. */
export function objectionText(
  certificate: Pick<InspectedCertificate, 'staple' | 'entry'>,
): string | undefined {
  const objection = serverObjection(certificate);
  return objection && OBJECTIONS[objection === 'format' ? (certificate.entry.format ?? 'der') : objection];
}

const OBJECTIONS = {
  /** `der` and `pem-chain` are the forms that the server reads. */
  der: 'the staple in place is in PEM, and the server reads DER',
  'pem-chain': 'the staple in place is in DER, and "format: pem-chain" stands for PEM',
  'issuer-response':
    'the file in place also has a response that is not good for an issuer, so the server may take none of it',
} as const;
