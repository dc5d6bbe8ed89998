import { toHex } from '../../../util/bytes.js';
import { type Check, failed, notJudged, passed, warning } from '../check.js';
import type { Difference, Match } from '../match.js';

const HASH_DIFFERENCES: ReadonlySet<Difference> = new Set(['hash-algorithm', 'hash-not-asked']);

const EXPLANATIONS: Readonly<Record<Difference, string>> = {
  'hash-algorithm': 'it speaks of this serial number, but by another hash than SHA-1 and SHA-256',
  'hash-not-asked': 'it speaks of it, but by another hash than the question did',
  'issuer-name': 'it speaks of this serial number, but of an issuer with another name',
  'issuer-key': 'it speaks of this serial number, but of an issuer with another key',
  serial: 'it speaks of other serial numbers only',
};

function explain({ difference, hash }: Extract<Match, { kind: 'none' }>): string {
  const words = EXPLANATIONS[difference];
  return HASH_DIFFERENCES.has(difference) ? `${words}: ${hash}` : words;
}

/**
 * A response for another certificate proves nothing, even with a valid signature. GnuTLS 3.7 looks at the first answer only,
 * and later releases take status and times of the first. OpenSSL, mozilla::pkix and Go find the answer, so this is a warning.
 */
const certId: Check = {
  step: 8,
  name: 'CertID',
  section: 'RFC 6960 §3.2 (1)',
  judge({ basic, match, question }) {
    if (basic === undefined || match === undefined) return notJudged('no basic response');
    const serial = () => toHex(question.serialNumber);
    switch (match.kind) {
      case 'found':
        return match.all.some((single) => single === basic.responses[0])
          ? passed(() => `serial ${serial()}, hashes of the issuer by ${match.hash}`)
          : warning('answer-not-first', () => `serial ${serial()}, but behind another answer`);
      case 'disagreeing':
        return failed(
          'responses-disagree',
          () => `${match.count} SingleResponses for serial ${serial()} differ`,
        );
      case 'none':
        if (basic.responses.length === 0) return notJudged('no SingleResponse');
        return failed(
          HASH_DIFFERENCES.has(match.difference) ? 'certid-hash-mismatch' : 'certid-mismatch',
          () => `not for the certificate with serial ${serial()}: ${explain(match)}`,
        );
    }
  },
};

export const certIdChecks: readonly Check[] = [certId];
