import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CheckResult } from '../../src/ocsp/verify/check.js';
import { verify } from '../../src/ocsp/verify/verify.js';
import { nodeFiles } from '../../src/system/files.js';
import { loadCertificates } from '../../src/x509/load.js';
import { ROOT, rowsOf } from '../docs/support/markdown.js';
import { CIRCUMSTANCES, question } from './support/judging.js';

interface Documented {
  readonly step: number;
  readonly name: string;
  readonly section: string;
  readonly codes: readonly string[];
}

const [binding, ...documented] = rowsOf('docs/checks.md', 'step').map(
  ([step, name = '', section = '', , codes = '']): Documented => ({
    step: Number(step),
    name,
    section,
    codes: codes.split(', ').map((code) => code.replaceAll('`', '')),
  }),
);

test('docs/checks.md has every check of the program with its number and sections, in its order', () => {
  expect(binding).toMatchObject({ step: 1, name: 'certificate and issuer' });
  const { checks } = verify(new Uint8Array(), question('issuer', 'leaf'), CIRCUMSTANCES);
  expect(documented.map(({ step, name, section }) => ({ step, name, section }))).toEqual(
    checks.map(({ step, name, section }) => ({ step, name, section })),
  );
});

test('docs/checks.md has every code of a check, and no other', () => {
  const source = readFileSync(join(ROOT, 'src/util/errors.ts'), 'utf8');
  const [, union = ''] = /^export type VerificationCode =$(.*?);$/ms.exec(source) ?? [];
  // The code of a shared file is about another entry, whose own line has the code of the check.
  const codes = [...union.matchAll(/^ *\| '([a-z0-9-]+)'/gm)]
    .map(([, code]) => code)
    .filter((code) => code !== 'not-good-for-all');
  expect(codes.length).toBeGreaterThan(50);
  expect([...new Set(documented.flatMap((row) => row.codes))].toSorted()).toEqual(codes.toSorted());
});

test('docs/checks.md has each code beside the check that gives it', () => {
  const codesOf = new Map(documented.map(({ name, codes }) => [name, codes]));
  const seen = new Set<string>();
  for (const fixture of fixtures()) {
    for (const check of checksOf(fixture)) {
      if (!('code' in check)) continue;
      expect(codesOf.get(check.name), `${fixture.name}: ${check.name}`).toContain(check.code);
      seen.add(check.code);
    }
  }
  // The others need a request, a path or a certificate of their own.
  expect(seen.size).toBeGreaterThan(40);
});

interface Fixture {
  readonly name: string;
  readonly file: string;
  readonly issuer: string;
  readonly certificate: string;
}

function fixtures(): readonly Fixture[] {
  return (JSON.parse(textOf('responses.json')) as { readonly responses: readonly Fixture[] }).responses;
}

function textOf(name: string): string {
  return readFileSync(join(ROOT, 'fixtures', name), 'utf8');
}

/** The checks of a fixture by the usual rules, whatever its own test does about them. */
function checksOf({ file, issuer, certificate }: Fixture): readonly CheckResult[] {
  const [ca] = loadCertificates(join(ROOT, 'fixtures', issuer), nodeFiles);
  const [leaf] = loadCertificates(join(ROOT, 'fixtures', certificate), nodeFiles);
  if (ca === undefined || leaf === undefined) throw new Error(`${file} has no certificates`);
  const asked = { serialNumber: leaf.serialNumber, issuer: ca, trustedResponders: [] };
  return verify(new Uint8Array(readFileSync(join(ROOT, 'fixtures', file))), asked, CIRCUMSTANCES).checks;
}
