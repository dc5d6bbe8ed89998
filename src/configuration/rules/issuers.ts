import { certificatesInFile } from '../../certificates/pem.js';
import { OcspbotError } from '../../errors.js';
import { quote } from '../../text/visible.js';
import { LIMITS } from '../../defaults.js';
import type { Draft, Rule } from './rule.js';

/**
 * A certificate without `chain` is a fullchain. That it stands alone is seen here; whether the others are its issuers,
 * and all else that may be wrong in a file, is the business of that one certificate when its turn comes.
 */
export const listedCertificatesHaveIssuers: Rule = (draft, problems) => {
  for (const { entry, origin, spots } of draft.candidates) {
    if (origin === 'found' || entry.chain !== undefined || entry.rootchain !== undefined) continue;
    if (!standsAlone(entry.cert, draft)) continue;
    problems.add(
      spots.cert,
      `${quote(entry.name)} has no issuer: there is one certificate in ${quote(entry.cert)}, and no "chain"`,
      `add "chain" with the certificate of the issuer, or name the fullchain as "cert"`,
    );
  }
};

function standsAlone(path: string, { read }: Draft): boolean {
  try {
    return certificatesInFile(read(path, LIMITS.certificateFile), path).length === 1;
  } catch (error) {
    if (error instanceof OcspbotError || (error as NodeJS.ErrnoException).code !== undefined) return false;
    throw error;
  }
}
