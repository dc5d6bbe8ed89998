import { expect, test } from 'vitest';
import { UNASSIGNED } from '../../src/configuration/model.js';
import { DAY } from '../../src/util/time.js';
import { domain, makeFolder, problemsOf, readText } from './support/reading.js';

/** The example of the Python program's README, with the folders of the test. */
function readmeExample(folder: string): string {
  return `---
openssl_executable: openssl

minimum_validity: 3d
minimum_validity_percentage: 42.8

ocsp_folder: ${folder}/ocsp/responses

parallel_threads: 1

output_log: ${folder}/ocsp/logs/example-{year}{month}{day}-{hour}{minute}{second}.log

make_backups: True

domains:
  example.com:
    cert: ${folder}/certs/a.pem
    chain: ${folder}/certs/a-chain.pem
    rootchain: ${folder}/certs/a-rootchain.pem
    ocsp: example.com.ocsp-resp
  example.org:
    cert: ${folder}/certs/b.pem
    chain: ${folder}/certs/b-chain.pem
    rootchain: ${folder}/certs/b-rootchain.pem
    ocsp: example.org.ocsp-resp
`;
}

test('the example of the README works unchanged', () => {
  const sandbox = makeFolder();
  sandbox.write('ocsp/responses/.keep', '');
  sandbox.write('ocsp/logs/.keep', '');
  const configuration = readText(sandbox, readmeExample(sandbox.folder));
  expect(configuration).toMatchObject({
    file: 'ocspbot.yaml',
    thresholds: { minimumValidity: 3 * DAY, criticalValidity: undefined },
    backups: { kind: 'on', maxAge: undefined, folder: undefined },
    parallel: 1,
    stopOnError: false,
    outputLog: sandbox.path('ocsp/logs/example-{year}{month}{day}-{hour}{minute}{second}.log'),
    errorLog: undefined,
    stateFolder: sandbox.path('ocsp/responses/.ocspbot'),
    services: [],
    warnings: [],
    notes: ['"openssl_executable" is not needed: OpenSSL is not used'],
  });
  expect(configuration.thresholds.minimumShare).toBeCloseTo(0.428, 12);
  expect(configuration.entries).toEqual([
    {
      name: 'example.com',
      cert: sandbox.path('certs/a.pem'),
      chain: sandbox.path('certs/a-chain.pem'),
      rootchain: sandbox.path('certs/a-rootchain.pem'),
      ocsp: sandbox.path('ocsp/responses/example.com.ocsp-resp'),
      responder: undefined,
      services: [UNASSIGNED],
      position: { file: 'ocspbot.yaml', line: 16, column: 3 },
    },
    expect.objectContaining({ name: 'example.org', position: { file: 'ocspbot.yaml', line: 21, column: 3 } }),
  ]);
});

test.each([
  ['True', true],
  ['yes', true],
  ['On', true],
  ['FALSE', false],
  ['no', false],
  ['off', false],
])('booleans of YAML 1.1: %s', (text, expected) => {
  const configuration = readText(makeFolder(), `{stop_on_error: ${text}, make_backups: ${text}}`);
  expect(configuration.stopOnError).toBe(expected);
  expect(configuration.backups.kind).toBe(expected ? 'on' : 'off');
});

test('what the Python program takes as unset', () => {
  const yaml = 'minimum_validity:\nminimum_validity_percentage: null\ndomains:\nscan_keys: []\nincludes:\n';
  expect(readText(makeFolder(), yaml)).toMatchObject({
    entries: [],
    thresholds: { minimumValidity: undefined, minimumShare: undefined },
    warnings: ['the configuration "ocspbot.yaml" names no certificates'],
  });
});

test('names that YAML could take for something else, and a responder', () => {
  const yaml = `domains:
  "*.example.com": ${domain('a', 'out/1')}
  no: ${domain('a', 'out/2')}
  007: {cert: certs/a.pem, ocsp: out/3, chain: null, ocsp_responder_uri: certificate}
  a.example: {cert: certs/a.pem, ocsp: out/4, ocsp_responder_uri: "http://ocsp.example/x"}
  'ünï "code"': ${domain('a', 'out/5')}
`;
  const { entries } = readText(makeFolder(), yaml);
  expect(entries.map(({ name }) => name)).toEqual(['*.example.com', 'no', '007', 'a.example', 'ünï "code"']);
  expect(entries.map(({ responder }) => responder)).toEqual([
    undefined,
    undefined,
    { kind: 'certificate' },
    { kind: 'url', url: 'http://ocsp.example/x' },
    undefined,
  ]);
});

test('anchors, aliases and merge keys', () => {
  const yaml = `domains:
  a: &a {cert: certs/a.pem, chain: &chain certs/a-chain.pem, ocsp: out/a}
  b:
    <<: *a
    ocsp: out/b
  c:
    <<: [{ocsp: out/c}, *a]
    chain: *chain
`;
  const sandbox = makeFolder();
  const { entries } = readText(sandbox, yaml);
  const chain = sandbox.path('certs/a-chain.pem');
  expect(entries.map((entry) => [entry.name, entry.chain, entry.ocsp])).toEqual([
    ['a', chain, sandbox.path('out/a')],
    ['b', chain, sandbox.path('out/b')],
    ['c', chain, sandbox.path('out/c')],
  ]);
});

test('Windows line ends and a byte order mark', () => {
  const yaml = '\ufeffocsp_folder: out\r\ndomains:\r\n  a: {cert: certs/a.pem, ocsp: a}\r\n  b: 3\r\n';
  expect(problemsOf(makeFolder(), yaml)).toEqual([
    `ocspbot.yaml:4:6: the domain "b" must be a mapping of keys to values, but is the number 3
  4 |   b: 3
    |      ^
  write for example: domains: {example.com: {cert: example.com.pem, ocsp: example.com.ocsp}}`,
  ]);
});

const PYTHON =
  'domains: {a.example: {cert: a.pem, chain: b.pem, rootchain: c.pem, ocsp: a}}\nminimum_validity: 3d\n';

test.each([
  ['a threshold, and all files of a certificate', PYTHON],
  ['a share as the threshold', PYTHON.replace('minimum_validity: 3d', 'minimum_validity_percentage: 50')],
  ['a folder that is scanned', 'scan_keys: [{folder: certs}]\nminimum_validity: 3d\n'],
  ['folders of further files only', 'includes: [conf.d]\nminimum_validity: 3d\n'],
  ['all keys of the Python program', `${PYTHON}openssl_executable: openssl\nstop_on_error: no\n`],
])('the Python program could work with %s', (_, yaml) => {
  const { pythonKeys } = readText(makeFolder(), yaml);
  expect(pythonKeys).toContain(
    yaml.includes('percentage') ? 'minimum_validity_percentage' : 'minimum_validity',
  );
});

test.each([
  ['no threshold', PYTHON.replace(/minimum.*/, '')],
  ['a threshold that is null', PYTHON.replace('3d', 'null')],
  ['no root', PYTHON.replace('rootchain: c.pem, ', '')],
  ['no chain', PYTHON.replace('chain: b.pem, ', '')],
  ['a chain that is null', PYTHON.replace('chain: b.pem', 'chain: null')],
  ['no certificate', 'minimum_validity: 3d\n'],
  ['services', `${PYTHON}services: {nginx: {}}\n`],
  [
    'the service of a certificate',
    `services: {nginx: {}}\n${PYTHON.replace('ocsp: a', 'ocsp: a, services: nginx')}`,
  ],
  ['any new key', `${PYTHON}relative_to: config\n`],
  ['a new key of a certificate', PYTHON.replace('ocsp: a', 'ocsp: a, format: der')],
  ['a scan without roots', 'scan_keys: [{folder: certs, rootchain_mask: null}]\nminimum_validity: 3d\n'],
])('the Python program could not work with %s', (_, yaml) => {
  expect(readText(makeFolder(), yaml).pythonKeys).toBeUndefined();
});
