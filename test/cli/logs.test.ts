import { generateKeyPairSync } from 'node:crypto';
import { linkSync, symlinkSync, truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openLogs } from '../../src/cli/logs.js';
import { nodeFiles } from '../../src/system/files.js';
import { openLogFile } from '../../src/system/streams.js';
import { gzipSync } from 'node:zlib';
import { toPem } from '../support/certificates.js';
import { makeAuthority } from '../support/ca.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  publicKeyEncoding: { type: 'spki', format: 'der' },
});
const KEY = toPem('PRIVATE KEY', privateKey);
const { root } = makeAuthority({ depth: 1 });

/** Opens a log where these bytes, or nothing that can be read, are. Returns the paths that were opened. */
function openOver(content: Uint8Array | string | NodeJS.ErrnoException, key: 'outputLog' | 'errorLog') {
  const opened: string[] = [];
  const readBeginning = (_: string, length: number) => {
    if (content instanceof Error) throw content;
    return Buffer.from(content).subarray(0, length);
  };
  const openLog = (path: string) => {
    opened.push(path);
    return { file: path, write: () => undefined };
  };
  openLogs({ [key]: '/logs/a' }, { openLog, files: { readBeginning } }, { write: () => undefined });
  return opened;
}

test.each<[string, Uint8Array | string, string]>([
  ['a private key', KEY, 'a private key'],
  ['a private key after other lines', `Bag Attributes\n${KEY}`, 'a private key'],
  ['a private key in DER', privateKey, 'a private key in DER'],
  ['a certificate', root.pem, 'a certificate'],
  ['a certificate in DER', root.der, 'a certificate in DER'],
  ['an archive', gzipSync('logs of last year'), 'a compressed archive'],
  [
    'a very large archive',
    Buffer.concat([gzipSync(''), Buffer.alloc(20_000_000, 'x')]),
    'a compressed archive',
  ],
  ['a database', 'SQLite format 3\0\u0010\0\u0001\u0001\0@  ', 'data that begins with text'],
])('a log file that is %s is not overwritten', (_, content, told) => {
  for (const [key, name] of [
    ['outputLog', 'output_log'],
    ['errorLog', 'error_log'],
  ] as const) {
    expect(() => openOver(content, key)).toThrow(
      expect.objectContaining({
        code: 'target-unsuitable',
        message: `/logs/a is not replaced: it holds ${told}, no log`,
        hint: `name another file under "${name}"; if this one has no use, remove it`,
      }),
    );
  }
});

test.each([
  ['folder', /folder is a folder$/, 'name a file in it; nothing was changed'],
  [
    'folder/none/a.log',
    /a\.log cannot be written: its folder does not exist$/,
    /^make the folder \S+none, or /,
  ],
  ['folder/.keep/a.log', /a\.log cannot be written: its folder is a file$/, /^name another place; nothing /],
  ['circle', /circle is a link that leads in a circle$/, 'correct the link; nothing was changed'],
  [
    'x'.repeat(300),
    /x has a name that is too long$/,
    'give it a name of at most 255 bytes; nothing was changed',
  ],
])('a log file that cannot be opened (%s) is told with what to do', (name, message, hint) => {
  const sandbox = makeSandbox();
  sandbox.write('folder/.keep', '');
  symlinkSync('circle', sandbox.path('circle'));
  const open = () =>
    openLogs(
      { outputLog: sandbox.path(name) },
      { openLog: openLogFile, files: nodeFiles },
      { write: () => undefined },
    );
  expect(open).toThrow(
    expect.objectContaining({
      code: 'write-failed',
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(hint) as string,
    }),
  );
  sandbox.dispose();
});

const errno = (code: string) => Object.assign(new Error(code), { code });

test.each<[string, Uint8Array | string | NodeJS.ErrnoException]>([
  ['the log of another day', 'a.example  updated\n'],
  ['that of the Python program', '2025-01-01 INFO caf\u00e9: done\n'],
  [
    'advice that names the lines of PEM',
    '  hint: put it between the lines -----BEGIN CERTIFICATE----- and so on\n',
  ],
  ['colours', '\u001B[31merror\u001B[0m: a.example\n'],
  ['text in latin1', Buffer.from('caf\u00e9: done\n', 'latin1')],
  ['a log whose end a crash has filled with zeros', `a.example  updated\n${'\0'.repeat(4096)}`],
  ['zeros', '\0'.repeat(4096)],
  ['nothing', ''],
  ['no file', errno('ENOENT')],
  ['a device', errno('EINVAL')],
  ['a very large log', 'a.example  updated, caf\u00e9\n'.repeat(700_000)],
])('%s is no reason to refuse a log file', (_, content) => {
  expect(openOver(content, 'outputLog')).toEqual(['/logs/a']);
});

/** Opens real logs in a sandbox, and returns what the console does with them. */
function openReal(sandbox: Sandbox, output: string, errors: string) {
  const system = {
    openLog: openLogFile,
    files: {
      readBeginning: () => {
        throw errno('ENOENT');
      },
    },
  };
  const logs = openLogs({ outputLog: sandbox.path(output), errorLog: sandbox.path(errors) }, system, {
    write: () => undefined,
  });
  return {
    info: (text: string) => logs.outputLog?.write(text),
    error: (text: string) => {
      logs.outputLog?.write(text);
      logs.errorLog?.write(text);
    },
  };
}

test.each<[string, (sandbox: Sandbox) => void]>([
  ['a symbolic link', (sandbox) => symlinkSync('a.log', sandbox.path('b.log'))],
  [
    'a link to a file that is not there yet',
    (sandbox) => symlinkSync(sandbox.path('a.log'), sandbox.path('b.log')),
  ],
  ['a hard link', (sandbox) => linkSync(sandbox.write('a.log', 'old\n'), sandbox.path('b.log'))],
])('both logs in one file by %s have each line once', (_, prepare) => {
  const sandbox = makeSandbox();
  prepare(sandbox);
  const logs = openReal(sandbox, 'a.log', 'b.log');
  logs.info('one\n');
  logs.error('two\n');
  logs.info('three\n');
  expect(sandbox.text('a.log')).toBe('one\ntwo\nthree\n');
});

test('a log that is emptied meanwhile goes on at its beginning', () => {
  const sandbox = makeSandbox();
  const logs = openReal(sandbox, 'a.log', 'b.log');
  logs.info('one\n');
  truncateSync(sandbox.path('a.log'));
  logs.info('two\n');
  expect(sandbox.text('a.log')).toBe('two\n');
});
