import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DEFAULTS } from '../../../src/util/limits.js';
import { type BasicOcspResponse, readResponse } from '../../../src/ocsp/response.js';
import type { Question } from '../../../src/ocsp/verify/question.js';
import type { Examination } from '../../../src/ocsp/verify/verify.js';
import { nodeFiles } from '../../../src/system/files.js';
import { parseInstant } from '../../../src/util/calendar.js';
import type { Certificate } from '../../../src/x509/certificate.js';
import { loadCertificates } from '../../../src/x509/load.js';
import { readSignatureAlgorithm } from '../../../src/x509/signature-algorithm.js';

const FOLDER = join(import.meta.dirname, '../../../fixtures');
const { clockSkew, maxAge } = DEFAULTS;
const { now } = JSON.parse(readFileSync(join(FOLDER, 'responses.json'), 'utf8')) as { now: string };

/** The default policy, and the time of the fixtures. */
export const CIRCUMSTANCES = {
  policy: { clockSkew, maxAge, assumedValidity: undefined, allowSha1Signatures: false },
  now: parseInstant(now) ?? Number.NaN,
};

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FOLDER, `responses/${name}.der`)));
}

export function question(issuer: string, leaf: string): Question {
  const { serialNumber } = certificate(leaf);
  return { serialNumber, issuer: certificate(issuer), trustedResponders: [] };
}

function certificate(name: string): Certificate {
  const [first] = loadCertificates(join(FOLDER, `ca/${name}.pem`), nodeFiles);
  if (first === undefined) throw new Error(`${name} is empty`);
  return first;
}

/** Returns what is wrong about the verdict on a mutation of a signed response; undefined if nothing is. */
export function complaint(
  original: Uint8Array,
  mutated: Uint8Array,
  verdict: Examination,
): string | undefined {
  if (verdict.kind === 'good') {
    return sameContent(basic(mutated), basic(original)) ? undefined : 'good with another content';
  }
  // The responseStatus is not signed: any answer can be made an error.
  if (verdict.kind !== 'rejected' && verdict.kind !== 'error-status') return verdict.kind;
  return wordless(verdict);
}

/** Returns what a verdict lacks for its message: a code, a problem, or printable evidence. */
export function wordless({ kind, code, problem, checks }: Examination): string | undefined {
  const odd = checks.map(({ evidence }) => evidence()).find((text) => !/^[^\p{Cc}]{2,300}$/u.test(text));
  if (odd !== undefined) return `evidence: ${odd}`;
  return kind !== 'good' && (code === undefined || problem === '') ? 'refused without a reason' : undefined;
}

function basic(der: Uint8Array): BasicOcspResponse {
  const response = readResponse(der);
  if (response.kind !== 'basic') throw new Error('not a basic response');
  return response;
}

/** Compares everything that the signature covers or depends on, not the certificates. Absent parameters equal NULL. */
function sameContent(one: BasicOcspResponse, other: BasicOcspResponse): boolean {
  return (
    Buffer.from(one.tbsResponseData).equals(other.tbsResponseData) &&
    Buffer.from(one.signature).equals(other.signature) &&
    isDeepStrictEqual(
      readSignatureAlgorithm(one.signatureAlgorithm),
      readSignatureAlgorithm(other.signatureAlgorithm),
    )
  );
}
