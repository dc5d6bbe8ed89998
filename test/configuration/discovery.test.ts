import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listingFault } from '../../src/configuration/file-lookup.js';
import { fill, matcher } from '../../src/configuration/scan-paths.js';
import { UNASSIGNED } from '../../src/configuration/model.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { countCalls, domain, makeFolder, problemsOf, readText } from './support/reading.js';

function writeTriples(sandbox: Sandbox, ...bases: string[]): void {
  for (const base of bases)
    for (const kind of ['', '-chain', '-rootchain']) sandbox.write(`${base}${kind}.pem`, '');
}

test.each([
  ['{domain}.pem', 'example.com.pem', 'example.com'],
  ['{domain}.pem', '.pem', undefined],
  ['{domain}.pem', 'a.pem.bak', undefined],
  ['{domain}.pem', 'aXpem', undefined],
  ['cert-{domain}.crt', 'cert-a.crt', 'a'],
  ['cert-{domain}.crt', 'xcert-a.crt', undefined],
  ['{domain}-{domain}.pem', 'a-a.pem', 'a'],
  ['{domain}-{domain}.pem', 'a-b.pem', undefined],
  ['{domain}{domain}1', 'abab1', 'ab'],
  ['{domain}', 'a\nb', 'a\nb'],
  ['({domain})+[x]*.$pem', '(a)+[x]*.$pem', 'a'],
  ['{domain}.pem-{domain}', 'a.pem-a', 'a'],
  ['ü{domain}😀', 'üa😀', 'a'],
])('the mask %j reads %j as %j', (mask, name, expected) => {
  expect(matcher(mask)(name)).toBe(expected);
  if (expected !== undefined) expect(fill(mask, expected)).toBe(name);
});

test('certificates are found with their subfolders, and their responses named after them', () => {
  const sandbox = makeSandbox();
  writeTriples(sandbox, 'tls/a.example', 'tls/sub/b.example', 'tls/sub/deep/c.example');
  sandbox.write('out/sub/deep/.keep', '');
  const { entries, notes } = readText(sandbox, 'ocsp_folder: out\nscan_keys:\n  - folder: tls\n');
  const position = { file: 'ocspbot.yaml', line: 3, column: 5 };
  const entry = (folder: string, name: string): object => ({
    name,
    cert: sandbox.path(`tls/${folder}${name}.pem`),
    chain: sandbox.path(`tls/${folder}${name}-chain.pem`),
    rootchain: sandbox.path(`tls/${folder}${name}-rootchain.pem`),
    ocsp: sandbox.path(`out/${folder}${name}.ocsp-resp`),
    responder: undefined,
    services: [UNASSIGNED],
    position,
  });
  expect(entries).toEqual([
    entry('', 'a.example'),
    entry('sub/', 'b.example'),
    entry('sub/deep/', 'c.example'),
  ]);
  expect(notes).toEqual([]);
});

test('recursive: false, masks, null masks and services', () => {
  const sandbox = makeSandbox();
  for (const name of ['a.crt', 'b.crt', 'b.key', 'sub/c.crt']) sandbox.write(`tls/${name}`, '');
  const yaml = `
services: {nginx: {exit_bit: 4}}
scan_keys:
  - folder: tls
    recursive: no
    cert_mask: '{domain}.crt'
    chain_mask: null
    rootchain_mask: ~
    ocsp_mask: 'tls/{domain}.staple'
    services: nginx
`;
  const found = readText(sandbox, yaml).entries.map(({ name, chain, rootchain, ocsp, services }) => [
    [name, chain, rootchain],
    [ocsp, ...services],
  ]);
  expect(found).toEqual([
    [
      ['a', undefined, undefined],
      [sandbox.path('tls/a.staple'), 'nginx'],
    ],
    [
      ['b', undefined, undefined],
      [sandbox.path('tls/b.staple'), 'nginx'],
    ],
  ]);
});

test('what is incomplete is noted, but not what belongs to another certificate', () => {
  const sandbox = makeSandbox();
  writeTriples(sandbox, 'a');
  sandbox.write('b.pem', '');
  sandbox.write('b-chain.pem', '');
  sandbox.write('privkey.pem', '');
  const { entries, notes, warnings } = readText(sandbox, 'scan_keys: [{}]');
  expect(entries.map(({ name }) => name)).toEqual(['a']);
  expect(notes).toEqual([
    '"b.pem" was skipped: there is no "b-rootchain.pem" beside it ("rootchain_mask: null" needs none)',
    '"privkey.pem" was skipped: there is no "privkey-chain.pem" beside it ("chain_mask: null" needs none)',
  ]);
  expect(warnings).toEqual([]);
});

test('a chain for all certificates of a folder, as the Python program allows', () => {
  const sandbox = makeSandbox();
  sandbox.write('tls/a.crt', '');
  sandbox.write('tls/ca/chain.pem', '');
  sandbox.write('tls/root.pem', '');
  const yaml =
    "scan_keys: [{folder: tls, cert_mask: '{domain}.crt', chain_mask: ca/chain.pem, rootchain_mask: root.pem}]";
  expect(readText(sandbox, yaml).entries).toMatchObject([
    { chain: sandbox.path('tls/ca/chain.pem'), rootchain: sandbox.path('tls/root.pem') },
  ]);
});

test('like os.walk: links to folders are not entered, links to files are files', () => {
  const sandbox = makeSandbox();
  writeTriples(sandbox, 'archive/a');
  mkdirSync(sandbox.path('live'));
  for (const kind of ['', '-chain', '-rootchain']) {
    symlinkSync(`../archive/a${kind}.pem`, sandbox.path(`live/a${kind}.pem`));
  }
  symlinkSync('../archive', sandbox.path('live/folder'));
  symlinkSync('../archive', sandbox.path('live/b.pem'));
  for (const kind of ['-chain', '-rootchain']) sandbox.write(`live/b${kind}.pem`, '');
  symlinkSync('../archive', sandbox.path('live/c-chain.pem'));
  for (const kind of ['', '-rootchain']) sandbox.write(`live/c${kind}.pem`, '');
  const { entries } = readText(sandbox, 'scan_keys: [{folder: live}]');
  expect(entries.map(({ name, cert }) => [name, cert])).toEqual([['a', sandbox.path('live/a.pem')]]);
});

test('a link to nothing is an entry that fails by itself', () => {
  const sandbox = makeSandbox();
  sandbox.write('a-chain.pem', '');
  sandbox.write('a-rootchain.pem', '');
  symlinkSync('nowhere', sandbox.path('a.pem'));
  expect(readText(sandbox, 'scan_keys: [{}]').entries.map(({ name }) => name)).toEqual(['a']);
});

test.for([
  [['a'], ''],
  [['a', 'b', 'c'], '; and 2 more, see ocspbot validate --verbose'],
] as const)('a scan that has found nothing says why: %j', ([names, more]) => {
  const sandbox = makeSandbox();
  for (const name of names) sandbox.write(`tls/${name}/fullchain.pem`, '');
  const yaml = "scan_keys: [{folder: tls, cert_mask: '{domain}/fullchain.pem', rootchain_mask: null}]";
  expect(readText(sandbox, yaml).warnings).toEqual([
    `the configuration "ocspbot.yaml" names no certificates: "tls/a/fullchain.pem" was skipped: there is no "a-chain.pem" beside it ("chain_mask: null" needs none)${more}`,
  ]);
});

test.for([
  ['{domain}.crt', ''],
  ['**/{domain}.pem', '; * is not a wildcard in it'],
] as const)('a scan in which no file fits the mask %s', ([mask, wildcard]) => {
  const sandbox = makeSandbox();
  writeTriples(sandbox, 'tls/a');
  expect(readText(sandbox, `scan_keys: [{folder: tls, cert_mask: '${mask}'}]`).warnings).toEqual([
    `the configuration "ocspbot.yaml" names no certificates: no file in "tls" has a name like "${mask}"${wildcard}`,
  ]);
});

test.each([
  ['EACCES', 'cannot be read: permission denied'],
  ['EIO', 'cannot be read (EIO)'],
])('a folder that cannot be listed (%s) is told in words', (code, told) => {
  expect(listingFault({ kind: 'unreadable', code })).toBe(told);
});

test('names that lead elsewhere or would reach a terminal are passed over', () => {
  const sandbox = makeSandbox();
  const yaml = "scan_keys: [{folder: tls, chain_mask: null, rootchain_mask: null, ocsp_mask: '{domain}/x'}]";
  sandbox.write('tls/...pem', '');
  sandbox.write('tls/a\u001b[31m.pem', '');
  writeFileSync(
    Buffer.concat([Buffer.from(sandbox.path('tls/')), Buffer.from([0xff]), Buffer.from('.pem')]),
    '',
  );
  const { entries, warnings } = readText(sandbox, yaml);
  expect(entries).toEqual([]);
  expect(warnings).toEqual([
    'the file "tls/...pem" was skipped: its name is not a domain name',
    'the file "tls/a␛[31m.pem" was skipped: its name contains the control character U+001B',
    'the file "tls/\ufffd.pem" was skipped: its name is not UTF-8',
    'the configuration "ocspbot.yaml" names no certificates',
  ]);
});

test.each(['recursive', "cert_mask: '{domain}/a.pem'", undefined])(
  'a folder whose name is not UTF-8 is told as passed over where it would be looked into: %s',
  (key) => {
    const sandbox = makeSandbox();
    sandbox.write('tls/.keep', '');
    const name = Buffer.concat([Buffer.from(sandbox.path('tls/')), Buffer.from([0xff])]);
    mkdirSync(name);
    writeFileSync(Buffer.concat([name, Buffer.from('/a.pem')]), '');
    const others = key === 'recursive' ? '' : `, recursive: false${key === undefined ? '' : `, ${key}`}`;
    const { warnings } = readText(sandbox, `scan_keys: [{folder: tls, chain_mask: null${others}}]`);
    const told = 'the folder "tls/\ufffd" was skipped: its name is not UTF-8';
    expect(warnings.filter((text) => text === told)).toHaveLength(key === undefined ? 0 : 1);
  },
);

test('the same domain twice; that subfolders for responses are not there yet is no problem', () => {
  const sandbox = makeFolder();
  writeTriples(sandbox, 'tls/a', 'tls/x/a', 'tls/y/c');
  const yaml = `ocsp_folder: out
scan_keys:
  - folder: tls
domains:
  c: ${domain('a', 'c')}
`;
  expect(problemsOf(sandbox, yaml)).toEqual([
    `ocspbot.yaml:3:5: the domain "a" appears twice, for "tls/a.pem" and "tls/x/a.pem"
  3 |   - folder: tls
    |     ^^^^^^^^^^^
  the first is at ocspbot.yaml:3:5; keep one`,
    `ocspbot.yaml:3:5: the domain "c" appears twice, for "certs/a.pem" and "tls/y/c.pem"
  3 |   - folder: tls
    |     ^^^^^^^^^^^
  the first is at ocspbot.yaml:5:3; keep one`,
  ]);
});

test('each folder is listed once, and no file is looked at', () => {
  const sandbox = makeSandbox();
  const names = Array.from({ length: 300 }, (_, index) => `tls/${index}`);
  writeTriples(sandbox, ...names);
  for (const name of names) sandbox.write(`${name}.ocsp-resp`, '');
  const counts = countCalls(sandbox, 'ocsp_folder: tls\nscan_keys: [{folder: tls}]\n');
  // The folder of the keys and responses, and the state folder.
  expect(counts.entries).toBe(2);
  // The configuration, the folder of the responses, and the folder in the state folder, which is not there.
  expect(counts.facts).toBe(3);
});

test('no folder of listed certificates is read, because thousands of other files may lie there', () => {
  const sandbox = makeSandbox();
  writeTriples(sandbox, 'tls/a');
  sandbox.write('tls/a.ocsp-resp', '');
  const counts = countCalls(
    sandbox,
    'ocsp_folder: tls\ndomains: {a: {cert: tls/a.pem, chain: tls/a-chain.pem, rootchain: tls/a-rootchain.pem, ocsp: a.ocsp-resp}}\n',
  );
  // The state folder, which is not there.
  expect(counts.entries).toBe(1);
  // The configuration, four files, the folder of the responses, and the folder in the state folder.
  expect(counts.facts).toBe(7);
});
