import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { makeAuthority } from './ca.js';
import { makeSandbox } from './sandbox.js';

test('a snapshot sees content, mode, replacement and names', () => {
  const sandbox = makeSandbox();
  sandbox.write('a/staple', 'one', 0o640);
  const before = sandbox.snapshot();
  expect(sandbox.snapshot()).toEqual(before);
  expect(before['a/staple']).toMatchObject({ kind: 'file', mode: '640', content: 'b25l' });

  sandbox.write('a/staple', 'two');
  expect(sandbox.snapshot()).not.toEqual(before);
  sandbox.write('b', '');
  expect(Object.keys(sandbox.snapshot())).toEqual(['a', 'a/staple', 'b']);
});

test('certificates and a configuration that names them', () => {
  const sandbox = makeSandbox();
  const authority = makeAuthority({ depth: 3 });
  const entry = sandbox.writeCertificate('example.com', authority.issue());
  const path = sandbox.writeConfiguration({ ocsp_folder: 'ocsp', domains: { 'example.com': entry } });
  expect(path).toBe(sandbox.path('ocspbot.yaml'));
  expect(parse(sandbox.text('ocspbot.yaml'))).toMatchObject({
    domains: { 'example.com': { cert: entry.cert } },
  });
  expect(sandbox.text('example.com/chain.pem').match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(sandbox.text('example.com/rootchain.pem')).toBe(authority.root.pem);
});

let left: string;
test('the folder goes with its test', () => {
  left = makeSandbox().folder;
  expect(existsSync(left)).toBe(true);
});
test('and is gone in the next one', () => {
  expect(existsSync(left)).toBe(false);
});
