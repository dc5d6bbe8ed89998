import type { Entry } from '../configuration/model.js';
import type { Files } from '../system/system.js';
import { OcspbotError } from '../util/errors.js';
import type { Certificate } from '../x509/certificate.js';
import { hasCertificate } from '../x509/load.js';
import type { InspectedCertificate } from './inspect.js';

/**
 * Returns the objection to a response whose certificate was renewed since the run read it: another program may have
 * installed one for the new certificate by now.
 */
export function objectionIfRenewed(
  { entry, subject: { certificate, partners = [] } }: InspectedCertificate,
  files: Pick<Files, 'read'>,
): OcspbotError | undefined {
  const members = new Map(entry.shared?.members.map((one) => [one.name, one]));
  const others = partners.map(([name, one]) => [members.get(name), one.certificate] as const);
  const renewed = [[entry, certificate] as const, ...others].find((one) => isRenewed(...one, files));
  if (renewed?.[0] === undefined) return undefined;
  const message = `the response is not installed: it is for what was in ${renewed[0].cert} before, and another certificate is there now`;
  return new OcspbotError('certid-mismatch', message, {
    hint: 'the next run asks about the new certificate',
  });
}

/** Reports whether the file of an entry has only other certificates. A file that cannot be read may just be written. */
function isRenewed(entry: Entry | undefined, known: Certificate, files: Pick<Files, 'read'>): boolean {
  if (entry === undefined) return false;
  try {
    return !hasCertificate(entry.cert, known, files);
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    return false;
  }
}
