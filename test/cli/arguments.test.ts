import { describe, expect, test } from 'vitest';
import { readArguments } from '../../src/cli/arguments.js';
import { OcspbotError } from '../../src/util/errors.js';

describe('arguments of a refresh', () => {
  const rows: [string, object][] = [
    ['', { kind: 'refresh', file: undefined, splay: 0 }],
    ['c.yaml', { kind: 'refresh', file: 'c.yaml' }],
    ['--config c.yaml', { kind: 'refresh', file: 'c.yaml' }],
    ['refresh c.yaml', { kind: 'refresh', file: 'c.yaml' }],
    ['--only a --only b c.yaml', { options: { only: ['a', 'b'], match: [] } }],
    // The value of an option is not a command.
    ['--only verify', { kind: 'refresh', options: { only: ['verify'] } }],
    [
      '--force --dry-run --strict --reload',
      { options: { force: true, dryRun: true, strict: true, reload: true } },
    ],
    ['--splay 10m', { splay: 600_000 }],
    ['--json --quiet', { output: { format: 'json', detail: 'quiet' } }],
    ['--verbose --no-color', { output: { format: 'text', detail: 'verbose', isPlain: true } }],
  ];
  test.each(rows)('%s', (line, expected) => {
    expect(readArguments(words(line))).toMatchObject(expected);
  });
});

describe('arguments of another command', () => {
  const rows: [string, object][] = [
    ['services 34 c.yaml', { kind: 'services', status: 34, file: 'c.yaml' }],
    ['owe web mail c.yaml', { kind: 'owe', services: ['web', 'mail'], file: 'c.yaml' }],
    ['owe --config c.yaml web.yaml', { kind: 'owe', services: ['web.yaml'], file: 'c.yaml' }],
    ['explain a.example', { kind: 'explain', name: 'a.example', file: undefined }],
    ['live www.example:443', { kind: 'live' }],
    ['install a.der b.der c.yaml', { kind: 'install', responses: ['a.der', 'b.der'], file: 'c.yaml' }],
    ['fetch c.pem --issuer i.pem', { kind: 'fetch', cert: 'c.pem', issuer: 'i.pem', settings: undefined }],
    ['rollback a.example', { kind: 'rollback', name: 'a.example' }],
    ['rollback --list a.example', { kind: 'list-backups', name: 'a.example' }],
    ['verify r.der --cert c.pem --issuer i.pem', { kind: 'verify' }],
    ['--help', { kind: 'help', topic: undefined }],
    ['help owe', { kind: 'help', topic: 'owe' }],
    ['owe --help', { kind: 'help', topic: 'owe' }],
    ['help help', { kind: 'help', topic: undefined }],
    ['help version', { kind: 'help', topic: undefined }],
    ['live https.example:443', { kind: 'live' }],
    ['-version', { kind: 'version' }],
    // Names that objects have by nature are names like others.
    ['constructor', { kind: 'refresh', file: 'constructor' }],
    ['--only __proto__', { options: { only: ['__proto__'] } }],
    ['owe toString', { kind: 'owe', services: ['toString'] }],
    ['explain valueOf hasOwnProperty', { kind: 'explain', name: 'valueOf', file: 'hasOwnProperty' }],
  ];
  test.each(rows)('%s', (line, expected) => {
    expect(readArguments(words(line))).toMatchObject(expected);
  });
});

describe('arguments that are refused with the status of usage', () => {
  const rows: [string, string, string | undefined][] = [
    ['a.yaml b.yaml', 'one CONFIG is enough, there is also "b.yaml"', undefined],
    ['--config a.yaml b.yaml', 'one CONFIG is enough, there is also "b.yaml"', undefined],
    ['refesh c.yaml', 'there is no command "refesh"', 'did you mean the command refresh?'],
    [
      'renew c.yaml',
      'there is no command "renew"',
      expect.stringMatching(/^commands are refresh, /) as string,
    ],
    ['--forse', 'refresh has no option --forse; did you mean --force?', undefined],
    ['verify --only a', 'verify has no option --only', undefined],
    ['--quiet --verbose', '--quiet and --verbose exclude each other', undefined],
    ...['check -w -1d', 'check --warning -1d', 'check --warning --critical 1d'].map(
      (line): [string, string, undefined] => [
        line,
        'the value of --warning is missing; one that begins with a hyphen is written --warning=VALUE',
        undefined,
      ],
    ),
    ['--splay soon', '--splay soon is not a duration like 10m or "1 hour 30 minutes"', undefined],
    ['services', 'services needs the exit status of a run', undefined],
    ['services constructor', '"constructor" is not an exit status (0 to 255)', expect.any(String) as string],
    ['services 256', '"256" is not an exit status (0 to 255)', expect.any(String) as string],
    ['services -9', '"-9" is not an exit status (0 to 255)', expect.any(String) as string],
    ['owe', 'owe needs the names of services', undefined],
    ['install', 'install needs responses: files, folders, or - for standard input', undefined],
    ['install - -', 'standard input can be read once only', undefined],
    ['explain', 'explain needs the name of a certificate', undefined],
    ['explain c.yaml', 'explain needs the name of a certificate', 'write: ocspbot explain NAME c.yaml'],
    ['rollback c.yml', 'rollback needs the name of a certificate', 'write: ocspbot rollback NAME c.yml'],
    ['fetch', 'fetch needs the file of a certificate', undefined],
    ['fetch c.pem d.pem', 'one CERT is enough, there is also "d.pem"', undefined],
    ['fetch c.pem --json', 'fetch has no --json: standard output is for the response', undefined],
    ['fetch c.pem --responder ftp://x', '--responder: "ftp://x" is neither http nor https', undefined],
  ];
  // An argument that a script leaves empty is not the working directory, nor everything.
  for (const line of [
    'refresh ',
    '--config ',
    '--config=',
    '--only  c.yaml',
    'services 2 ',
    'fetch ',
    'owe  web',
  ])
    rows.push([
      line,
      'an argument is empty',
      'see whether the script that calls ocspbot has a variable not set',
    ]);
  for (const url of ['https://a.example/', 'http://a.example:443', 'smtp://a.example:25'])
    rows.push([`live ${url} c.yaml`, `"${url}" is not HOST:PORT, like example.com:443`, undefined]);
  test.each(rows)('%s', (line, message, hint) => {
    const error = thrownBy(() => readArguments(words(line)));
    expect(error).toMatchObject({ code: 'usage', message });
    if (hint !== undefined) expect(error.hint).toEqual(hint);
  });
});

function words(line: string): string[] {
  return line === '' ? [] : line.split(' ');
}

function thrownBy(act: () => unknown): OcspbotError {
  try {
    act();
  } catch (error) {
    if (error instanceof OcspbotError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
