import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadQuestion } from '../../src/cli/commands/verify-inputs.js';
import { nodeFiles } from '../../src/system/files.js';
import { parseInstant } from '../../src/util/calendar.js';

const CA = join(import.meta.dirname, '../../fixtures/ca');

/** fixtures/ca/leaf-ending.pem is valid from 2025-01-01 to 2030-06-16T12:00:00Z. */
test.each([
  ['2024-12-31T23:59:59Z', 'failed', 'certificate-not-yet-valid', 'policy'],
  ['2025-01-01T00:00:00Z', 'passed', undefined, undefined],
  ['2030-06-16T12:00:00Z', 'passed', undefined, undefined],
  ['2030-06-16T12:00:01Z', 'failed', 'certificate-expired', 'policy'],
] as const)(
  'at %s nothing but a certificate in force would get a response: %s',
  (time, outcome, code, kind) => {
    const { binding } = loadQuestion(
      {
        issuer: join(CA, 'issuer.pem'),
        subject: { kind: 'certificate', file: join(CA, 'leaf-ending.pem') },
        root: undefined,
        trustedResponders: [],
        now: parseInstant(time) ?? Number.NaN,
      },
      nodeFiles,
    );
    expect([binding.outcome, binding.code, binding.class]).toEqual([outcome, code, kind]);
  },
);
