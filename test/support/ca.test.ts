import { X509Certificate } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAuthority, makeCertificate, makeErrorResponse, makeKey, makeResponse } from './ca.js';
import type { KeyKind, SignatureName } from './ca.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2030, 5, 15, 12);
const times = { thisUpdate: NOW - HOUR, nextUpdate: NOW + 24 * HOUR };

/** `-attime` moves only the judgement of certificates; the response's own times are held against the real clock. */
const ANY_TIME = ['-validity_period', '1000000000'];

/** RSA keys take a while to make. */
const authorities = new Map<KeyKind, ReturnType<typeof makeAuthority>>();
function authorityWith(key: KeyKind): ReturnType<typeof makeAuthority> {
  const authority = authorities.get(key) ?? makeAuthority({ key });
  authorities.set(key, authority);
  return authority;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ocspbot-ca-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Verifies a response by `openssl ocsp`: another implementation checks the test CA. */
function openssl(
  response: Uint8Array,
  authority: ReturnType<typeof makeAuthority>,
  leaf: { pem: string },
  hash?: string,
) {
  const { status, stdout, stderr } = spawnSync(
    'openssl',
    [
      'ocsp',
      '-respin',
      file('response.der', response),
      '-no_nonce',
      '-attime',
      String(NOW / 1e3),
      ...ANY_TIME,
      '-issuer',
      file('issuer.pem', authority.intermediate.pem),
      ...(hash ? [`-${hash}`] : []),
      '-cert',
      file('leaf.pem', leaf.pem),
      '-CAfile',
      file('root.pem', authority.root.pem),
      '-verify_other',
      file('other.pem', authority.intermediate.pem),
    ],
    { encoding: 'utf8' },
  );
  return { status, output: stdout + stderr };
}

describe('certificates', () => {
  test.each(['rsa-2048', 'p-256', 'p-384', 'p-521', 'ed25519', 'ed448'] as const)(
    'chain with %s keys',
    (key) => {
      const { root, intermediate, issue } = authorityWith(key);
      const leaf = issue({ ocspUrls: ['http://127.0.0.1:1/ocsp'], mustStaple: true });
      const parsed = new X509Certificate(leaf.pem);
      expect(parsed.verify(intermediate.key.publicKey)).toBe(true);
      expect(parsed.infoAccess).toContain('OCSP - URI:http://127.0.0.1:1/ocsp');
      const output = execFileSync('openssl', [
        'verify',
        '-x509_strict',
        '-CAfile',
        file('root.pem', root.pem),
        '-untrusted',
        file('intermediate.pem', intermediate.pem),
        file('leaf.pem', leaf.pem),
      ]);
      expect(output.toString()).toMatch(/leaf\.pem: OK\n$/);
    },
  );

  test('a serial number is written as given', () => {
    const leaf = makeCertificate({ subject: 'a', serial: 0x8001 });
    expect(leaf.serialHex).toBe('8001');
    expect(new X509Certificate(leaf.der).serialNumber).toBe('8001');
  });
});

const SIGNATURES: readonly (readonly [SignatureName, KeyKind])[] = [
  ['rsa-sha1', 'rsa-2048'],
  ['rsa-sha256', 'rsa-2048'],
  ['rsa-sha384', 'rsa-3072'],
  ['rsa-sha512', 'rsa-2048'],
  ['pss-sha256', 'rsa-2048'],
  ['pss-sha384', 'rsa-2048'],
  ['pss-sha512', 'rsa-2048'],
  ['pss-sha256', 'rsa-pss-2048'],
  ['ecdsa-sha1', 'p-256'],
  ['ecdsa-sha256', 'p-256'],
  ['ecdsa-sha384', 'p-384'],
  ['ecdsa-sha512', 'p-521'],
  ['ed25519', 'ed25519'],
  ['ed448', 'ed448'],
];

describe('responses, judged by openssl', () => {
  test.each(SIGNATURES)('issuer signed by %s with %s', (signature, kind) => {
    const authority = authorityWith(kind);
    const leaf = authority.issue();
    const response = makeResponse({ issuer: authority.intermediate, certificate: leaf, ...times, signature });
    const { output } = openssl(response, authority, leaf);
    expect(output).toContain('Response verify OK');
    expect(output).toContain('leaf.pem: good');
  });

  test.each(['byName', 'byKey'] as const)('delegated %s, SHA-256 CertID', (responderId) => {
    const authority = makeAuthority();
    const leaf = authority.issue();
    const response = makeResponse({
      issuer: authority.intermediate,
      signer: authority.delegate(),
      responderId,
      certificate: leaf,
      hash: 'sha256',
      ...times,
      nonce: new Uint8Array(32),
    });
    const { output } = openssl(response, authority, leaf, 'sha256');
    expect(output).toContain('Response verify OK');
    expect(output).toContain('leaf.pem: good');
  });

  test('revoked with a reason, unknown', () => {
    const authority = makeAuthority();
    const [one, two] = [authority.issue(), authority.issue()];
    const response = makeResponse({
      issuer: authority.intermediate,
      singles: [
        { certificate: one, status: { revoked: NOW - HOUR, reason: 1 }, ...times },
        { certificate: two, status: 'unknown', ...times },
      ],
    });
    expect(openssl(response, authority, one).output).toMatch(/leaf.pem: revoked[^]*Reason: keyCompromise/);
    expect(openssl(response, authority, two).output).toContain('leaf.pem: unknown');
  });

  test('what is wrong is seen', () => {
    const authority = makeAuthority();
    const leaf = authority.issue();
    const plain = { issuer: authority.intermediate, certificate: leaf, ...times };
    const noUsage = authority.delegate({ extendedKeyUsage: ['serverAuth'] });
    expect(openssl(makeResponse({ ...plain, signer: noUsage }), authority, leaf).output).toContain(
      'missing ocspsigning usage',
    );
    const flipped = makeResponse({
      ...plain,
      tamper: (parts) => void parts.signature.set([(parts.signature[20] ?? 0) ^ 1], 20),
    });
    expect(openssl(flipped, authority, leaf).output).toContain('Verify Failure');
    const other = makeResponse({ ...plain, certificate: authority.issue() });
    expect(openssl(other, authority, leaf).output).toContain('No Status found');
    expect(openssl(makeErrorResponse('tryLater'), authority, leaf).output).toContain('trylater (3)');
  });
});

test('a named key is made once', () => {
  expect(makeKey('p-256', 'a')).toBe(makeKey('p-256', 'a'));
  expect(makeKey('p-256')).not.toBe(makeKey('p-256'));
});
