import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CaseOptions } from '../../fixtures/case.js';
import type { VerificationCode } from '../../src/util/errors.js';
import { DEFAULTS } from '../../src/util/limits.js';
import { type Asked, type Circumstances, FORGIVABLE, type Question } from '../../src/ocsp/verify/question.js';
import { classOf } from '../../src/ocsp/verify/check.js';
import { type Examination, verify } from '../../src/ocsp/verify/verify.js';
import { nodeFiles } from '../../src/system/files.js';
import { parseInstant } from '../../src/util/calendar.js';
import { formatInstant } from '../../src/util/time.js';
import { loadCertificates } from '../../src/x509/load.js';

interface Row {
  readonly name: string;
  readonly file: string;
  readonly what: string;
  readonly verdict: Examination['kind'];
  readonly step: number | null;
  readonly code: VerificationCode | null;
  readonly class: string | null;
  readonly warnings: readonly string[];
  readonly alsoFails?: readonly number[];
  readonly issuer: string;
  readonly certificate: string;
  readonly usefulUntil?: string;
  readonly options?: CaseOptions;
}

const FOLDER = join(import.meta.dirname, '../../fixtures');
const manifest = JSON.parse(readFileSync(join(FOLDER, 'responses.json'), 'utf8')) as {
  now: string;
  responses: Row[];
};
const now = parseInstant(manifest.now) ?? Number.NaN;

function certificate(file: string) {
  const [first] = loadCertificates(join(FOLDER, file), nodeFiles);
  if (first === undefined) throw new Error(`${file} is empty`);
  return first;
}

function judge(
  row: Row,
  forgiven?: Circumstances['forgiven'],
  more: Pick<Question, 'certificateEnd'> = {},
): Examination {
  const { options = {} } = row;
  const question: Question = {
    ...more,
    serialNumber: certificate(row.certificate).serialNumber,
    issuer: certificate(row.issuer),
    path: options.path?.map(certificate),
    trustedResponders: (options.trustedResponders ?? []).map(certificate),
  };
  const { clockSkew, maxAge } = DEFAULTS;
  const { hash, nonce, installed, trustedResponders: _, path: __, ...changes } = options;
  const policy = { clockSkew, maxAge, assumedValidity: undefined, allowSha1Signatures: false, ...changes };
  const circumstances: Circumstances = {
    policy,
    now,
    asked: askedOf(hash, nonce),
    installed: installed === undefined ? undefined : inPlace(installed),
    forgiven,
  };
  return verify(readFileSync(join(FOLDER, row.file)), question, circumstances);
}

function askedOf(hash: CaseOptions['hash'], nonce: string | undefined): Asked | undefined {
  if (hash === undefined && nonce === undefined) return undefined;
  return { hash: hash ?? 'sha1', nonce: nonce === undefined ? undefined : Buffer.from(nonce, 'hex') };
}

function inPlace(name: string) {
  const row = manifest.responses.find((other) => other.name === name);
  const examination = row && judge(row);
  if (examination?.kind !== 'good') throw new Error(`${name} is not good`);
  return examination.response;
}

function failing(examination: Examination) {
  return examination.checks.flatMap((check) => (check.outcome === 'failed' ? [check] : []));
}

describe('each response fails exactly where it should', () => {
  test.each(manifest.responses)('$name', (row) => {
    const examination = judge(row);
    const failures = failing(examination);
    const steps = [...(row.step === null ? [] : [row.step]), ...(row.alsoFails ?? [])].sort((a, b) => a - b);
    expect({
      verdict: examination.kind,
      code: failures.find((check) => check.step === row.step)?.code ?? null,
      steps: failures.map(({ step }) => step),
      warnings: examination.checks.flatMap((check) => (check.outcome === 'warning' ? [check.code] : [])),
    }).toEqual({ verdict: row.verdict, code: row.code, steps, warnings: row.warnings });
    for (const { step, code, class: kind } of failures)
      expect(kind).toBe(step === row.step ? row.class : classOf(code));
    if (row.usefulUntil === undefined || examination.kind !== 'good') return;
    expect(formatInstant(examination.response.usefulUntil)).toBe(row.usefulUntil);
  });
});

test.each([
  [now, 'good', []],
  [now - 1, 'rejected', [[17, 'certificate-expired', 'policy']]],
  [undefined, 'good', []],
] as const)('where the certificate ends at %s, it is %s', (certificateEnd, verdict, failures) => {
  const row = manifest.responses.find(({ name }) => name === 'good-last-second') as Row;
  const examination = judge(row, undefined, { certificateEnd });
  expect(examination.kind).toBe(verdict);
  expect(failing(examination).map((check) => [check.step, check.code, check.class])).toEqual(failures);
});

const NO_DELEGATES = [
  'delegate-of-impostor',
  'delegate-of-namesake',
  'delegate-self-signed',
  'delegate-without-usage',
  'delegate-key-usage',
  'delegate-certificate-flipped',
];

test.each(NO_DELEGATES)('%s: no key is used before its delegation is proven', (name) => {
  const row = manifest.responses.find((other) => other.name === name);
  expect(row && judge(row).checks).toContainEqual(
    expect.objectContaining({ name: 'signature', outcome: 'not-judged' }),
  );
});

test('what force may overlook makes good only what fails in nothing else', () => {
  const { responses } = manifest;
  const made = responses.filter((row) => row.verdict !== 'good' && judge(row, FORGIVABLE).kind === 'good');
  expect(made.length).toBeGreaterThan(2);
  for (const row of made) {
    const codes = failing(judge(row)).map(({ code }) => code);
    expect(['response-expired', 'response-too-old']).toEqual(expect.arrayContaining(codes));
    expect(judge(row, FORGIVABLE)).toMatchObject({ response: { forgiven: expect.arrayContaining(codes) } });
  }
});

/** Cases that are refused by policy because of their signature algorithm, whatever their code. */
const BY_POLICY = new Set(['delegate-certificate-sha224', 'delegate-certificate-md5', 'delegate-of-weak']);

test('the class in the manifest is that of the code', () => {
  for (const { name, code, class: stated } of manifest.responses)
    if (code !== null) expect(stated).toBe(BY_POLICY.has(name) ? 'policy' : classOf(code));
});

test('every check has evidence in words, whatever the response', () => {
  for (const row of manifest.responses) {
    for (const { evidence } of judge(row).checks) expect(evidence()).toMatch(/^[^\p{Cc}]{2,300}$/u);
  }
});
