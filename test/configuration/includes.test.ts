import { mkdirSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { domain, makeFolder, problemsOf, read, readText } from './support/reading.js';

test('included files add domains and scan_keys, in the order of their names', () => {
  const sandbox = makeFolder();
  for (const kind of ['', '-chain', '-rootchain']) sandbox.write(`tls/found${kind}.pem`, '');
  sandbox.write('conf.d/20.yml', `domains:\n  third: ${domain('a', 'out/3')}\n`);
  sandbox.write(
    'conf.d/10.yaml',
    `scan_keys: [{folder: tls}]\ndomains:\n  second: ${domain('a', 'out/2')}\n`,
  );
  sandbox.write('conf.d/README', '- not YAML of ours');
  sandbox.write('conf.d/.hidden.yml', '- nor this');
  sandbox.write('conf.d/old.yml.bak', '- nor this');
  sandbox.write('conf.d/empty.yml', '# nothing\n');
  mkdirSync(sandbox.path('conf.d/folder.yml'));
  const yaml = `includes: [conf.d]\ndomains:\n  first: ${domain('a', 'out/1')}\n`;
  const { entries, warnings } = readText(sandbox, yaml);
  expect(entries.map(({ name, position }) => `${name} ${position.file}:${position.line}`)).toEqual([
    'first ocspbot.yaml:3',
    'found conf.d/10.yaml:1',
    'second conf.d/10.yaml:3',
    'third conf.d/20.yml:2',
  ]);
  expect(warnings).toEqual([]);
});

test('a file that several included folders have, or links lead to, is read once', () => {
  const sandbox = makeFolder();
  sandbox.write('conf.d/a.yml', `domains:\n  a: ${domain('a')}\n`);
  symlinkSync('conf.d', sandbox.path('linked'));
  mkdirSync(sandbox.path('enabled'));
  symlinkSync('../conf.d/a.yml', sandbox.path('enabled/a.yml'));
  const { entries } = readText(sandbox, 'includes: [conf.d, ./conf.d/, linked, enabled]');
  expect(entries.map(({ name, position }) => `${name} ${position.file}`)).toEqual(['a conf.d/a.yml']);
});

test('their paths begin where those of the main file do', () => {
  const sandbox = makeFolder();
  sandbox.write('etc/conf.d/a.yml', 'domains:\n  a: {cert: ../certs/a.pem, ocsp: a}\n');
  sandbox.write('etc/ocspbot.yaml', 'relative_to: config\nocsp_folder: ../out\nincludes: [conf.d]\n');
  const { entries } = read(sandbox, { file: 'etc/ocspbot.yaml' });
  expect(entries).toMatchObject([
    {
      cert: sandbox.path('certs/a.pem'),
      ocsp: sandbox.path('out/a'),
      position: { file: 'etc/conf.d/a.yml', line: 2, column: 3 },
    },
  ]);
});

test('a folder that is not there is a warning', () => {
  const sandbox = makeFolder();
  const { warnings } = readText(sandbox, `includes: [conf.d]\ndomains: {a: ${domain('a')}}`);
  expect(warnings).toEqual([
    `the folder "${sandbox.path('conf.d')}" that ocspbot.yaml:1:12 includes does not exist`,
  ]);
  const { warnings: advice } = readText(sandbox, `includes: ['conf.d/*.yaml']\ndomains: {a: ${domain('a')}}`);
  expect(advice).toEqual([
    expect.stringMatching(/includes does not exist: write the whole path: \* and \? are not expanded here$/),
  ]);
});

test('problems of included files', () => {
  const sandbox = makeFolder();
  sandbox.write('conf.d/1.yml', `domains:\n  a: ${domain('b')}\nocsp_folder: out\ndomain: {}\n`);
  sandbox.write('conf.d/2.yml', 'domains: {\n');
  sandbox.write('conf.d/3.yml', '- a\n');
  symlinkSync('nowhere', sandbox.path('conf.d/4.yml'));
  expect(problemsOf(sandbox, `includes: [conf.d]\ndomains:\n  a: ${domain('a')}\n`)).toEqual([
    `ocspbot.yaml:1:12: the file "DIR/conf.d/4.yml" does not exist
  1 | includes: [conf.d]
    |            ^^^^^^
  make it readable, or remove it`,
    `conf.d/1.yml:2:3: the domain "a" appears twice, for "certs/a.pem" and "certs/b.pem"
  2 |   a: {cert: certs/b.pem, ocsp: out/b.ocsp}
    |   ^
  the first is at ocspbot.yaml:3:3; keep one`,
    `conf.d/1.yml:3:1: unknown key "ocsp_folder" in the configuration
  3 | ocsp_folder: out
    | ^^^^^^^^^^^
  only "domains" and "scan_keys" belong in an included file: move it to the main file`,
    `conf.d/1.yml:4:1: unknown key "domain" in the configuration
  4 | domain: {}
    | ^^^^^^
  did you mean "domains"?`,
    `conf.d/2.yml:1:10: this { is not closed
  1 | domains: {
    |          ^
  add the closing }`,
    `conf.d/3.yml:1:1: the configuration must be a mapping of keys to values, but is a list
  1 | - a
    | ^^^
  write for example: minimum_validity: 3d`,
  ]);
});
