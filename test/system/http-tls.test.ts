import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { openHttp } from '../../src/system/http/client.js';
import { makeCertificate, type CertificateOptions } from '../support/ca.js';
import { nul, seq, tlv } from '../support/der.js';
import { extension } from '../support/extensions.js';
import { httpResponse, RawServer } from '../support/raw-server.js';
import { makeSandbox } from '../support/sandbox.js';
import { startTlsFront } from '../support/tls-front.js';

const LIMITS = { timeout: 20_000, connectTimeout: 10_000, maxBody: 1000 };
const sandbox = makeSandbox();
afterAll(() => sandbox.dispose());

const root = makeCertificate({ subject: 'Root', ca: true });
const CRITICAL = extension('1.2.3.4', nul(), true);
/** Only names below other.example. */
const CONSTRAINED = extension(
  '2.5.29.30',
  seq(tlv(0xa0, seq(tlv(0x82, Buffer.from('other.example'))))),
  true,
);

type Changes = Partial<CertificateOptions>;

/** Node.js has no codes of their own for most of these. */
test.each<[string, Changes, Changes, RegExp, string]>([
  [
    'that has expired',
    { notAfter: Date.now() - 1000 },
    {},
    /certificate has expired/,
    'its operator must renew its certificate',
  ],
  [
    'with an unknown critical extension',
    { extraExtensions: [CRITICAL] },
    {},
    /unhandled critical extension/,
    'private CA',
  ],
  [
    'outside of the name constraints',
    {},
    { extraExtensions: [CONSTRAINED] },
    /permitted subtree violation/,
    'private CA',
  ],
  [
    'of a CA that must not sign',
    {},
    { keyUsage: ['digitalSignature'] },
    /key usage|invalid CA/,
    'private CA',
  ],
  [
    'for another name',
    { subject: 'other.example' },
    {},
    /Hostname\/IP does not match/,
    'use a host name that its certificate has',
  ],
])('a server with a certificate %s is a failure of TLS', async (_, server, issuer, reason, hint) => {
  const above = makeCertificate({ subject: 'Issuer', issuer: root, ca: true, ...issuer });
  const plain = await RawServer.start((socket) => void socket.end(httpResponse(200, {}, 'x')));
  const front = await startTlsFront(
    plain.port,
    makeCertificate({ subject: 'localhost', issuer: above, ...server }),
  );
  const http = openHttp({ connectionsPerHost: 1, caFile: sandbox.write('root.pem', root.pem) });
  const outcome = await http
    .exchange({ method: 'GET', url: front.url, headers: {} }, LIMITS)
    .catch((error: unknown) => error);
  expect(outcome).toMatchObject({
    code: 'tls-failure',
    message: expect.stringMatching(reason) as string,
    hint: expect.stringContaining(hint) as string,
  });
  await Promise.all([http.close(), front.close(), plain.close()]);
});

/** A configuration's check of the file accepts these forms. */
test.each<[string, (pem: string) => string]>([
  ['with a byte order mark', (pem) => `\u{feff}${pem}`],
  ['indented, as it is in YAML', (pem) => pem.replaceAll(/^/gm, '    ')],
  ['with a tab before and spaces after each line', (pem) => pem.replaceAll(/^(.*)$/gm, '\t$1  ')],
  ['with the line ends of Windows, after text', (pem) => `Root\r\n${pem.replaceAll('\n', '\r\n')}`],
])('a CA file %s is trusted', async (_, change) => {
  const plain = await RawServer.start((socket) => void socket.end(httpResponse(200, {}, 'x')));
  const front = await startTlsFront(plain.port, makeCertificate({ subject: 'localhost', issuer: root }));
  const http = openHttp({ connectionsPerHost: 1, caFile: sandbox.write('root.pem', change(root.pem)) });
  const answer = await http.exchange({ method: 'GET', url: front.url, headers: {} }, LIMITS);
  expect(answer.status).toBe(200);
  await Promise.all([http.close(), front.close(), plain.close()]);
});

test('a server that does not speak TLS', async () => {
  const plain = createServer();
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const http = openHttp({ connectionsPerHost: 1 });
  const url = `https://127.0.0.1:${(plain.address() as AddressInfo).port}/`;
  await expect(http.exchange({ method: 'GET', url, headers: {} }, LIMITS)).rejects.toMatchObject({
    code: 'tls-failure',
    message: expect.stringMatching(/\(wrong version number\)$/),
    hint: 'it does not speak TLS there: write http: in place of https:, or correct the port',
  });
  await http.close();
  plain.close();
});
