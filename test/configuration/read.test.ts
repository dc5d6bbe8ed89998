import { expect, test } from 'vitest';
import { LIMITS } from '../../src/util/limits.js';
import { ConfigurationError, formatProblems } from '../../src/configuration/problem.js';
import { OcspbotError } from '../../src/util/errors.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/util/time.js';
import { nodeFiles } from '../../src/system/files.js';
import { makeSandbox } from '../support/sandbox.js';
import { makeAuthority } from '../support/ca.js';
import { domain, makeFolder, problemsOf, read, readText } from './support/reading.js';

function thrownBy(act: () => unknown): OcspbotError {
  try {
    act();
  } catch (error) {
    if (error instanceof OcspbotError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('all keys of today', () => {
  const sandbox = makeFolder();
  sandbox.write('responder.pem', '');
  sandbox.write('ca.pem', makeAuthority().root.pem);
  sandbox.write('backups/.keep', '');
  const yaml = `
services: {nginx: , exim4@main: {exit_bit: 8}}
ocsp_folder: out
state_folder: state
minimum_validity: 3d
minimum_validity_percentage: 42.5
critical_validity: 1d
backups: {keep: 3, max_age: 30d, folder: backups}
stop_on_error: yes
parallel_threads: 8
output_log: out/{year}.log
error_log: out/{month}-{day}-{hour}{minute}{second}.log
http:
  {timeout: 20s, connect_timeout: 2s, max_response_size: 10k, method: post, hash: sha256, nonce: yes, attempts: 5, per_host: 2}
clock_skew: 1m
max_age: 7d
assumed_validity: 12h
trusted_responders: [responder.pem]
issuers: {own: {cert: ca.pem, ocsp_responder_uri: "http://ocsp.internal/"}}
allow_sha1_signatures: yes
domains:
  a: {cert: certs/a.pem, ocsp: a, services: [exim4@main, nginx, nginx]}
  b: {cert: certs/b.pem, ocsp: ${sandbox.path('out/b')}, services: nginx}
`;
  expect(readText(sandbox, yaml)).toMatchObject({
    services: [
      { name: 'nginx', exitBit: 2 },
      { name: 'exim4@main', exitBit: 8 },
    ],
    thresholds: { minimumValidity: 3 * DAY, minimumShare: 0.425, criticalValidity: DAY },
    policy: { clockSkew: MINUTE, maxAge: 7 * DAY, assumedValidity: 12 * HOUR, allowSha1Signatures: true },
    trustedResponders: [sandbox.path('responder.pem')],
    issuers: [{ name: 'own', cert: sandbox.path('ca.pem'), responder: 'http://ocsp.internal/' }],
    http: {
      timeout: 20 * SECOND,
      connectTimeout: 2 * SECOND,
      maxResponseSize: 10 * 1024,
      method: 'post',
      hash: 'sha256',
      nonce: true,
      attempts: 5,
      perHost: 2,
    },
    backups: { kind: 'on', keep: 3, maxAge: 30 * DAY, folder: sandbox.path('backups') },
    stateFolder: sandbox.path('state'),
    parallel: 8,
    stopOnError: true,
    outputLog: sandbox.path('out/{year}.log'),
    errorLog: sandbox.path('out/{month}-{day}-{hour}{minute}{second}.log'),
    entries: [
      { name: 'a', ocsp: sandbox.path('out/a'), services: ['exim4@main', 'nginx'] },
      { name: 'b', ocsp: sandbox.path('out/b'), services: ['nginx'] },
    ],
    warnings: [],
    notes: [],
  });
});

test('the defaults', () => {
  const sandbox = makeFolder();
  expect(readText(sandbox, `domains: {a: ${domain('a')}}`)).toMatchObject({
    services: [],
    thresholds: { minimumValidity: undefined, minimumShare: undefined, criticalValidity: undefined },
    policy: {
      clockSkew: 5 * MINUTE,
      maxAge: 14 * DAY,
      assumedValidity: undefined,
      allowSha1Signatures: false,
    },
    trustedResponders: [],
    issuers: [],
    http: {
      timeout: 15 * SECOND,
      connectTimeout: 5 * SECOND,
      maxResponseSize: 64 * 1024,
      method: 'auto',
      hash: 'auto',
      nonce: false,
      attempts: 3,
      perHost: 4,
    },
    backups: { kind: 'off' },
    stateFolder: sandbox.path('.ocspbot'),
    parallel: 16,
    stopOnError: false,
    outputLog: undefined,
    metricsFile: undefined,
    publishFolder: undefined,
    errorLog: undefined,
  });
});

test.each([
  ['stop_on_error: yes', 1],
  ['stop_on_error: no', 16],
  ['{stop_on_error: yes, parallel_threads: 3}', 3],
])('certificates in flight: %s', (yaml, expected) => {
  expect(readText(makeFolder(), yaml).parallel).toBe(expected);
});

test.each([
  ['make_backups: yes', { kind: 'on', keep: 10, maxAge: undefined, folder: undefined }],
  ['backups: {keep: 2}', { kind: 'on', keep: 2, maxAge: undefined, folder: undefined }],
  ['backups:', { kind: 'on', keep: 10, maxAge: undefined, folder: undefined }],
  ['make_backups: no', { kind: 'off' }],
  ['{make_backups: no, backups: {keep: 2}}', { kind: 'off' }],
])('backups: %s', (yaml, expected) => expect(readText(makeFolder(), yaml).backups).toEqual(expected));

test.each([
  ['{a: , b: , c: }', [2, 4, 8]],
  ['{a: , b: {exit_bit: 2}, c: }', [4, 2, 8]],
  ['{a: {exit_bit: 16}, b: {exit_bit: 16}, c: , d: , e: }', [16, 16, 2, 4, 8]],
])('exit bits: %s', (services, expected) => {
  const found = readText(makeFolder(), `services: ${services}`).services;
  expect(found.map(({ exitBit }) => exitBit)).toEqual(expected);
});

test.each([
  ['1', 1],
  ['500', 500],
  ['64k', 65_536],
  ['64 KiB', 65_536],
  ['1M', 1_048_576],
  ['"100 B"', 100],
])('max_response_size: %s', (size, expected) => {
  expect(readText(makeFolder(), `http: {max_response_size: ${size}}`).http.maxResponseSize).toBe(expected);
});

test.each([
  [{}, '.ocspbot'],
  [{ STATE_DIRECTORY: '/var/lib/ocspbot' }, '/var/lib/ocspbot'],
  [{ STATE_DIRECTORY: '/var/lib/one:/var/lib/two' }, '/var/lib/one'],
  [{ STATE_DIRECTORY: 'relative' }, '.ocspbot'],
  [{ STATE_DIRECTORY: '' }, '.ocspbot'],
])('the state folder with %j', (environment, expected) => {
  const sandbox = makeFolder();
  const { stateFolder } = readText(sandbox, 'ocsp_folder: out', { environment });
  expect(stateFolder).toBe(expected.startsWith('/') ? expected : sandbox.path(`out/${expected}`));
});

test('a written state folder goes before that of systemd', () => {
  const sandbox = makeFolder();
  const { stateFolder } = readText(sandbox, 'state_folder: mine', {
    environment: { STATE_DIRECTORY: '/theirs' },
  });
  expect(stateFolder).toBe(sandbox.path('mine'));
});

test('relative_to: config', () => {
  const sandbox = makeFolder();
  const yaml = `relative_to: config\nocsp_folder: ../out\ndomains:\n  a: {cert: ../certs/a.pem, ocsp: a}\n`;
  sandbox.write('etc/ocspbot.yaml', yaml);
  const { entries } = read(sandbox, { file: 'etc/ocspbot.yaml' });
  expect(entries).toMatchObject([
    {
      cert: sandbox.path('certs/a.pem'),
      ocsp: sandbox.path('out/a'),
      position: { file: 'etc/ocspbot.yaml', line: 4, column: 3 },
    },
  ]);
});

test.each([
  [
    'missing.yaml',
    'there is no configuration "DIR/missing.yaml"',
    'name one on the command line: ocspbot FILE; without FILE it is ocspbot.yaml in the working directory, or else /etc/ocspbot.yaml',
  ],
  ['out', '"DIR/out" is a folder, not a configuration', 'name the file in it'],
  [
    'out/.keep/x',
    'there is no configuration "DIR/out/.keep/x"',
    'name one on the command line: ocspbot FILE; without FILE it is ocspbot.yaml in the working directory, or else /etc/ocspbot.yaml',
  ],
])('unreadable: %s', (file, message, hint) => {
  const sandbox = makeFolder();
  const error = thrownBy(() => read(sandbox, { file }));
  expect(error).toMatchObject({ code: 'configuration-unreadable', hint });
  expect(error.message.replaceAll(sandbox.folder, 'DIR')).toBe(message);
});

test('a configuration that this user may not read may be the wrong one, as in the folder of root after su', () => {
  const denied = () => {
    throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
  };
  const error = thrownBy(() => read(makeSandbox(), { files: { ...nodeFiles, read: denied } }));
  expect(error).toMatchObject({
    code: 'configuration-unreadable',
    message: expect.stringMatching(/ocspbot\.yaml" cannot be read: permission denied$/) as string,
    hint: 'let the user that runs ocspbot read it, or name another one: ocspbot FILE',
  });
});

test('the error counts its problems; of very many some are shown', () => {
  const sandbox = makeSandbox();
  sandbox.write('ocspbot.yaml', Array.from({ length: 60 }, (_, index) => `colour${index}: x\n`).join(''));
  const error = thrownBy(() => read(sandbox)) as ConfigurationError;
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error).toMatchObject({
    code: 'configuration-invalid',
    message: 'the configuration ocspbot.yaml has 60 problems',
  });
  const texts = formatProblems(error.problems).split('\n\n');
  expect(texts).toHaveLength(LIMITS.problemsShown + 1);
  expect(texts.at(-1)).toBe('and 10 more');
});

test.each([
  ['0.5', true],
  ['0.99', true],
  ['0', false],
  ['1', false],
])('a percentage of %s looks like a share: warned %j', (percentage, isWarned) => {
  const yaml = `minimum_validity_percentage: ${percentage}\ndomains: {a: ${domain('a')}}`;
  const warning = 'minimum_validity_percentage is less than 1 %: write 50 for half of the lifetime';
  expect(readText(makeFolder(), yaml).warnings).toEqual(isWarned ? [warning] : []);
});

test.each([
  ['minimum_validity: 2d', true],
  ['minimum_validity: 3d', false],
  ['minimum_validity: 2d\nminimum_validity_percentage: 50', false],
])('a critical validity of 3d with %j: warned %j', (thresholds, isWarned) => {
  const yaml = `${thresholds}\ncritical_validity: 3d\ndomains: {a: ${domain('a')}}`;
  const warning =
    'responses become critical before they are due: critical_validity exceeds minimum_validity (3 days are more than 2 days)';
  expect(readText(makeFolder(), yaml).warnings).toEqual(isWarned ? [warning] : []);
});

test('certificates without a service are noted where there are services', () => {
  const notesOf = (...names: string[]) =>
    readText(
      makeFolder(),
      `services: {nginx: }\ndomains: {${names.map((name) => `${name}: ${domain(name)}`).join(', ')}}`,
    ).notes;
  expect(notesOf('a')).toEqual(['1 certificate names no service: exit bit 2 stands for what uses it']);
  expect(notesOf('a', 'b')).toEqual(['2 certificates name no service: exit bit 2 stands for what uses them']);
});

test.each([
  ['with the same URL in all', 'http://ocsp.example/'],
  ['with nothing that looks like a secret', 'http://o.example/a'],
])('ten thousand certificates in one line, as a program writes them, %s', (_, url) => {
  const sandbox = makeFolder();
  const entry = { cert: 'gone.pem', ocsp: 'out/', ocsp_responder_uri: url };
  const names = Array.from({ length: 10_000 }, (_, index) => `d${index}.example`);
  const domains = names.map((name) => [name, { ...entry, ocsp: entry.ocsp + name }] as const);
  sandbox.write('ocspbot.yaml', JSON.stringify({ domains: Object.fromEntries(domains) }));
  const { defects } = read(sandbox);
  expect(defects).toHaveLength(1);
  expect(defects[0]?.message).toMatch(/^the certificate ".*gone\.pem" does not exist$/);
});

test('five thousand certificates that cannot be read, and write one file', () => {
  const sandbox = makeFolder();
  const lines = Array.from(
    { length: 5_000 },
    (_, index) => `  d${index}: {cert: gone/${index}.pem, ocsp: out/one}`,
  );
  sandbox.write('ocspbot.yaml', `domains:\n${lines.join('\n')}\n`);
  expect(read(sandbox).defects).toHaveLength(5_000);
});

test('reading changes nothing', () => {
  const sandbox = makeFolder();
  sandbox.write('ocspbot.yaml', `make_backups: yes\ndomains:\n  a: ${domain('a')}\n  b: {}\n`);
  const before = sandbox.snapshot();
  expect(problemsOf(sandbox, sandbox.text('ocspbot.yaml'))).toHaveLength(2);
  const { 'ocspbot.yaml': _rewritten, ...after } = sandbox.snapshot();
  expect(before).toMatchObject(after);
});
