import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OcspbotError } from '../../src/util/errors.js';
import { DEFAULTS } from '../../src/util/limits.js';
import { verify } from '../../src/ocsp/verify/verify.js';
import { nodeFiles } from '../../src/system/files.js';
import { parseInstant } from '../../src/util/calendar.js';
import { formatInstant } from '../../src/util/time.js';
import { IssuerCache } from '../../src/x509/load.js';
import { loadSubject, type Subject } from '../../src/x509/subject.js';

interface Row {
  readonly name: string;
  readonly file: string;
  readonly root: string | null;
  readonly code: string | null;
  readonly class: string | null;
  readonly says: string;
}

const FOLDER = join(import.meta.dirname, '../../fixtures');
const { now: written, chains } = JSON.parse(readFileSync(join(FOLDER, 'chains.json'), 'utf8')) as {
  readonly now: string;
  readonly chains: readonly Row[];
};
const now = parseInstant(written) ?? Number.NaN;
const response = readFileSync(join(FOLDER, 'chains/response.der'));
const issuers = new IssuerCache(nodeFiles);

function load({ file, root }: Row): Subject {
  const rootchain = root === null ? undefined : join(FOLDER, root);
  return loadSubject({ cert: join(FOLDER, file), chain: undefined, rootchain }, nodeFiles, issuers, now);
}

interface Told {
  readonly code: string | null;
  readonly class: string | null;
  readonly message: string;
}

/** Judges the files. If they belong together, it also judges a response that is good in every other way. */
function judge(row: Row): Told {
  try {
    const { certificate, issuer, path } = load(row);
    const question = { serialNumber: certificate.serialNumber, issuer, path, trustedResponders: [] };
    const { clockSkew, maxAge } = DEFAULTS;
    const policy = { clockSkew, maxAge, assumedValidity: undefined, allowSha1Signatures: false };
    const { checks, code = null, problem } = verify(response, question, { policy, now });
    const failure = checks.find((check) => check.outcome === 'failed');
    return { code, class: failure?.class ?? null, message: problem };
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    const { code, message, class: kind = 'evidence' } = error;
    return { code, class: kind, message };
  }
}

/** Cause, code, class and message. */
describe('a path to a root, or an issuer without one', () => {
  test.each(chains)('$name', (row) => {
    const told = judge(row);
    const root = row.root === null ? '' : join(FOLDER, row.root);
    expect({ code: told.code, class: told.class }).toEqual({ code: row.code, class: row.class });
    expect(told.message).toContain(row.says.replace('ROOT', root));
  });
});

test('a response is useful no longer than the CAs above its issuer are valid', () => {
  const row = chains.find(({ name }) => name === 'good-path-ends-first') as Row;
  const { certificate, issuer, path } = load(row);
  const question = { serialNumber: certificate.serialNumber, issuer, path, trustedResponders: [] };
  const policy = { ...DEFAULTS, assumedValidity: undefined, allowSha1Signatures: false };
  const examination = verify(response, question, { policy, now });
  expect(examination.kind === 'good' && formatInstant(examination.response.usefulUntil)).toBe(
    '2030-06-16T12:00:00Z',
  );
});

/** Refused for the file that is named, and whatever the advice is, not to supply an issuer that is there. */
test.each(chains.filter(({ class: kind }) => kind === 'policy'))(
  '$name: nobody is told to supply what is there',
  (row) => {
    expect(() => load(row)).toThrow(
      expect.objectContaining({ hint: expect.not.stringMatching(/^(?:put|give) /) }),
    );
  },
);
