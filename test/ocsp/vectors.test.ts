import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readResponse } from '../../src/ocsp/response.js';
import { type Examination, verify } from '../../src/ocsp/verify/verify.js';
import { parseInstant } from '../../src/util/calendar.js';
import { DAY, SECOND } from '../../src/util/time.js';
import { type Certificate, readCertificate } from '../../src/x509/certificate.js';
import { DerError } from '../../src/x509/der.js';
import { certificatesInFile } from '../../src/x509/pem.js';

/** Responses of other projects' test suites, with their verdicts; they are not part of this project. */
const FOLDER = process.env['OCSPBOT_VECTORS'];

interface Meta {
  readonly strict: string;
  readonly accept_also?: readonly string[];
  readonly time: string;
  readonly level: 'verify' | 'parse' | 'chain';
  readonly serial?: string;
  readonly max_age_seconds?: number;
}

interface Vector {
  readonly name: string;
  readonly meta: Meta;
  read(file: string): Buffer;
  has(file: string): boolean;
}

const vectors = FOLDER === undefined ? [] : folders('.').flatMap(folders).map(vector);

function folders(name: string): string[] {
  const entries = readdirSync(join(FOLDER ?? '', name), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [join(name, entry.name)] : []));
}

function vector(name: string): Vector {
  const path = (file: string) => join(FOLDER ?? '', name, file);
  const read = (file: string) => readFileSync(path(file));
  return {
    name,
    meta: JSON.parse(read('meta.json').toString()) as Meta,
    read,
    has: (file) => existsSync(path(file)),
  };
}

/** Verifies with options that allow what old test suites contain: SHA-1 signatures, no nextUpdate. */
function judge({ meta, read }: Vector): Examination['kind'] {
  const [issuer, leaf] = ['issuer.pem', 'cert.pem'].map((file) => readFirst(read(file)));
  if (issuer === undefined || leaf === undefined) return 'rejected'; // a certificate that is not DER
  const maxAge = meta.max_age_seconds === undefined ? 36_500 * DAY : meta.max_age_seconds * SECOND;
  const policy = { clockSkew: 300 * SECOND, maxAge, assumedValidity: 3650 * DAY, allowSha1Signatures: true };
  const question = { serialNumber: leaf.serialNumber, issuer, trustedResponders: [] };
  return verify(read('response.der'), question, { policy, now: parseInstant(meta.time) ?? Number.NaN }).kind;
}

function readFirst(pem: Uint8Array): Certificate | undefined {
  try {
    return certificatesInFile(pem, 'pem').map(readCertificate)[0];
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function structureOf(der: Uint8Array): string {
  try {
    return readResponse(der).kind;
  } catch (error) {
    if (error instanceof DerError) return 'rejected';
    throw error;
  }
}

function verdictOf({ meta }: Pick<Vector, 'meta'>): readonly string[] {
  return [meta.strict, ...(meta.accept_also ?? [])].map((verdict) =>
    verdict === 'reject' ? 'rejected' : verdict,
  );
}

describe('public vectors', () => {
  const judged = vectors.filter(({ has }) => has('issuer.pem') && has('cert.pem'));
  const parsed = vectors.filter(({ has }) => !has('issuer.pem'));

  test.each(judged)('$name', (each) => {
    expect(verdictOf(each)).toContain(judge(each));
  });

  test.each(parsed)('$name, by its structure alone', ({ meta, read }) => {
    expect(verdictOf({ meta })).toContain(structureOf(read('response.der')));
  });

  test('none is left out', ({ skip }) => {
    skip(FOLDER === undefined, 'this needs public vectors: OCSPBOT_VECTORS names their folder');
    expect(judged.length + parsed.length).toBe(vectors.length);
    expect(vectors.length).toBeGreaterThan(0);
  });
});
