import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { optionHint } from '../../src/cli/option-hint.js';
import { OPTIONS, type CommandName } from '../../src/cli/options.js';
import { remedyFor } from '../../src/ocsp/verify/advice.js';
import type { VerificationCode } from '../../src/util/errors.js';

const [, declaration = ''] =
  /export type VerificationCode =([^;]+);/.exec(readFileSync('src/util/errors.ts', 'utf8')) ?? [];
const CODES = [...declaration.matchAll(/\| '([a-z0-9-]+)'/g)].map(([, code]) => code as VerificationCode);

/** A key of a configuration; `ssl_stapling_file` is one of nginx. */
const KEY = /`|\b(?!ssl_stapling_file)[a-z0-9]+_[a-z]/;

test('the remedies of verify name no key that is not one of http', () => {
  expect(CODES.length).toBeGreaterThan(40);
  const remedies = CODES.map((code) => optionHint(remedyFor(code), 'verify'));
  expect(remedies.filter((remedy) => KEY.test(remedy ?? ''))).toEqual([]);
});

test('a remedy of fetch that names a key says where', () => {
  const remedies = CODES.map((code) => optionHint(remedyFor(code), 'fetch'));
  const named = remedies.filter((remedy) => KEY.test(remedy ?? '') || remedy?.includes('http.'));
  expect(named.length).toBeGreaterThan(5);
  expect(
    named.filter((remedy) => !/[^`]* \(in a configuration: --config FILE\)$/.test(remedy ?? '')),
  ).toEqual([]);
});

test.each<CommandName>(['fetch', 'verify'])('the hints of %s name options that it has', (command) => {
  const known = new Set(
    OPTIONS[command].map(({ name, value }) => (value === undefined ? `--${name}` : `--${name} ${value}`)),
  );
  const remedies = CODES.map((code) => optionHint(remedyFor(code), command as 'fetch' | 'verify') ?? '');
  const named = remedies.flatMap((remedy) => remedy.match(/--[a-z0-9-]+( [A-Z]+)?/g) ?? []);
  expect(named).not.toEqual([]);
  expect(named.filter((option) => !known.has(option))).toEqual([]);
});
