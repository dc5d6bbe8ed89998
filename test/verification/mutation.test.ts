import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Certificate } from '../../src/certificates/certificate.js';
import { loadCertificates } from '../../src/certificates/load.js';
import { DEFAULTS } from '../../src/defaults.js';
import { readResponse, type BasicOcspResponse } from '../../src/ocsp/response.js';
import { nodeFiles } from '../../src/system/files.js';
import { parseInstant } from '../../src/time/instant.js';
import type { Question } from '../../src/verification/question.js';
import { verify, type Examination } from '../../src/verification/verify.js';

const FOLDER = join(import.meta.dirname, '../../fixtures');
const { clockSkew, maxAge } = DEFAULTS;
const policy = { clockSkew, maxAge, assumedValidity: undefined, allowSha1Signatures: false };
const { now } = JSON.parse(readFileSync(join(FOLDER, 'responses.json'), 'utf8')) as { now: string };
const circumstances = { policy, now: parseInstant(now) ?? Number.NaN };

function certificate(name: string): Certificate {
  const [first] = loadCertificates(join(FOLDER, `ca/${name}.pem`), nodeFiles);
  if (first === undefined) throw new Error(`${name} is empty`);
  return first;
}

function question(issuer: string, leaf: string): Question {
  const { serialNumber } = certificate(leaf);
  return { serialNumber, issuer: certificate(issuer), trustedResponders: [] };
}

/** Every bit turned over, every length, every octet left out. */
function* mutations(der: Uint8Array): Generator<readonly [name: string, bytes: Uint8Array]> {
  for (let at = 0; at < der.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      yield [`bit ${bit} of octet ${at}`, der.with(at, (der[at] as number) ^ (1 << bit))];
    }
    yield [`cut to ${at}`, der.slice(0, at)];
    yield [`without octet ${at}`, Uint8Array.from([...der.subarray(0, at), ...der.subarray(at + 1)])];
  }
}

function basic(der: Uint8Array): BasicOcspResponse {
  const response = readResponse(der);
  if (response.kind !== 'basic') throw new Error('not a basic response');
  return response;
}

/** All that a signature covers or depends on: everything but certificates that are not the signer's. */
function essence({ tbsResponseData, signatureAlgorithm, signature }: BasicOcspResponse): Buffer {
  return Buffer.concat([tbsResponseData, signatureAlgorithm, signature]);
}

/** What is wrong about the verdict on a mutation; undefined when nothing is. */
function complaint(original: Uint8Array, mutated: Uint8Array, verdict: Examination): string | undefined {
  const words = verdict.checks.map(({ evidence }) => evidence());
  if (!words.every((text) => /^[^\p{Cc}]{2,300}$/u.test(text))) return `evidence: ${words.join('\n')}`;
  if (verdict.kind === 'good') {
    return essence(basic(mutated)).equals(essence(basic(original))) ? undefined : 'good with another content';
  }
  // The responseStatus is not signed: any answer can be made an error.
  if (verdict.kind !== 'rejected' && verdict.kind !== 'error-status') return verdict.kind;
  return verdict.code === undefined || verdict.problem === '' ? 'refused without a reason' : undefined;
}

/** Some tens of thousands of verifications. */
const TIMEOUT = 120_000;

describe('no change of a good response is taken for good', () => {
  test.each([
    ['good-by-key', 'issuer', 'leaf', 'never'],
    ['good-pss-sha256', 'issuer', 'leaf', 'never'],
    ['good-p-256-ecdsa-sha256', 'issuer-p-256', 'leaf-p-256', 'never'],
    ['good-ed25519', 'issuer-ed25519', 'leaf-ed25519', 'never'],
    ['good-delegated-elliptic', 'issuer', 'leaf', 'never'],
    // The issuer's certificate, sent along for nothing, is all that may change.
    ['good-issuer-embedded', 'issuer', 'leaf', 'within an embedded certificate'],
  ] as const)(
    '%s',
    (name, issuer, leaf, mayChange) => {
      const der = new Uint8Array(readFileSync(join(FOLDER, `responses/${name}.der`)));
      const asked = question(issuer, leaf);
      expect(verify(der, asked, circumstances).kind).toBe('good');
      const complaints: string[] = [];
      let stillGood = 0;
      for (const [change, mutated] of mutations(der)) {
        const verdict = verify(mutated, asked, circumstances);
        if (verdict.kind === 'good') stillGood++;
        const wrong = complaint(der, mutated, verdict);
        if (wrong !== undefined) complaints.push(`${change}: ${wrong}`);
      }
      expect(complaints).toEqual([]);
      expect(stillGood > 0).toBe(mayChange !== 'never');
    },
    TIMEOUT,
  );
});
