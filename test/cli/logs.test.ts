import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { openLogs } from '../../src/cli/logs.js';
import { gzipSync } from 'node:zlib';
import { toPem } from '../support/certificates.js';
import { makeAuthority } from '../support/ca.js';

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
  const read = () => {
    if (content instanceof Error) throw content;
    return Buffer.from(content);
  };
  const openLog = (path: string) => {
    opened.push(path);
    return { write: () => undefined };
  };
  openLogs({ [key]: '/logs/a' }, { openLog, files: { read } }, { write: () => undefined });
  return opened;
}

test.each<[string, Uint8Array | string, string]>([
  ['a private key', KEY, 'a private key'],
  ['a private key after other lines', `Bag Attributes\n${KEY}`, 'a private key'],
  ['a private key in DER', privateKey, 'a private key in DER'],
  ['a certificate', root.pem, 'a certificate'],
  ['a certificate in DER', root.der, 'a certificate in DER'],
  ['an archive', gzipSync('logs of last year'), 'a compressed archive'],
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
  ['a very large log', errno('EFBIG')],
])('%s is no reason to refuse a log file', (_, content) => {
  expect(openOver(content, 'outputLog')).toEqual(['/logs/a']);
});
