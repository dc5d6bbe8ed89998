import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadQuestion } from '../../src/cli/commands/verify-inputs.js';
import { nodeFiles } from '../../src/system/files.js';
import { parseInstant } from '../../src/util/calendar.js';
import { makeCertificate, type TestCertificate } from '../support/ca.js';
import { makeSandbox } from '../support/sandbox.js';

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
    if (outcome === 'failed') expect(binding.remedy).toMatch(/--cert FILE/);
  },
);

/** A run takes the issuer wherever it is in the files of an entry. */
describe('the issuer is found in', () => {
  const sandbox = makeSandbox();
  afterAll(() => sandbox.dispose());
  const old = makeCertificate({ subject: 'Root', ca: true });
  const root = makeCertificate({ subject: 'Root', ca: true, key: old.key });
  const issuer = makeCertificate({ subject: 'Issuer', issuer: root, ca: true });
  const [byRoot, byIssuer] = [root, issuer].map((one) =>
    makeCertificate({ subject: 'a.example', issuer: one }),
  ) as [TestCertificate, TestCertificate];
  const stranger = makeCertificate({ subject: 'Stranger', ca: true });

  const file = (name: string, certificates: readonly TestCertificate[]) =>
    sandbox.write(name, certificates.map(({ pem }) => pem).join(''));

  test.each([
    ['--issuer, an older certificate of the root', [byRoot], [old], [root]],
    ['--root', [byRoot], [stranger], [root]],
    ['--cert, a full chain', [byIssuer, issuer], [root], [root]],
  ])('%s', (_, cert, issuers, roots) => {
    const { binding } = loadQuestion(
      {
        issuer: file('issuer.pem', issuers),
        subject: { kind: 'certificate', file: file('cert.pem', cert) },
        root: file('root.pem', roots),
        trustedResponders: [],
        now: Date.UTC(2030, 0, 1),
      },
      nodeFiles,
    );
    expect(binding).toMatchObject({ outcome: 'passed' });
  });
});
