import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CertId } from '../../src/ocsp/cert-id.js';
import { buildRequest } from '../../src/ocsp/request.js';
import type { HashName } from '../../src/configuration/model.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ocspbot-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function openssl(...words: string[]): string {
  return execFileSync('openssl', words, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

function certId(hashAlgorithm: HashName, serial: string): CertId {
  const hash = (text: string) => createHash(hashAlgorithm).update(text).digest();
  const serialNumber = Buffer.from(serial, 'hex');
  return { hashAlgorithm, issuerNameHash: hash('name'), issuerKeyHash: hash('key'), serialNumber };
}

function requestText(request: Uint8Array): string {
  writeFileSync(join(folder, 'request.der'), request);
  return openssl('ocsp', '-reqin', 'request.der', '-req_text');
}

test('requests about certificates of several issuers, built in turn, have the CertIDs of their own', () => {
  const [one, other] = [certId('sha1', '01'), certId('sha256', '02')];
  const third = { ...certId('sha1', '03'), issuerKeyHash: Buffer.alloc(20, 3) };
  const alone = [one, other, third].map((id) => buildRequest({ certId: id }));
  for (const [index, id] of [one, other, third].entries()) {
    const text = requestText(alone[index] as Uint8Array);
    for (const part of [id.issuerNameHash, id.issuerKeyHash, id.serialNumber])
      expect(text).toContain(Buffer.from(part).toString('hex').toUpperCase());
  }
  expect([one, third, other, one].map((id) => buildRequest({ certId: id }))).toEqual(
    [0, 2, 1, 0].map((index) => alone[index]),
  );
});

test('a request is the same octets whether one about another certificate of the issuer was built before or not', () => {
  const issuer = certId('sha1', '01');
  for (const serial of ['01', '02', '0080', '0081', 'ff', '00ff112233', '02']) {
    const serialNumber = Buffer.from(serial, 'hex');
    const alone = buildRequest({ certId: certId('sha1', serial) });
    expect(buildRequest({ certId: { ...issuer, serialNumber } }), serial).toEqual(alone);
  }
});

test('a request does not change with what the caller does to an earlier one, or to its CertID', () => {
  const id = certId('sha1', '01');
  const expected = buildRequest({ certId: certId('sha1', '01') });
  buildRequest({ certId: id }).fill(0);
  expect(buildRequest({ certId: id })).toEqual(expected);
  id.issuerNameHash.fill(0);
  expect(buildRequest({ certId: id })).not.toEqual(expected);
});

describe('serial numbers are encoded as they are', () => {
  test.each([
    ['00'],
    ['01'],
    ['7f'],
    ['0080'],
    ['00ff112233'],
    ['80'], // negative, as a few old CAs have it
    ['ff7f'],
    ['00aabbccddeeff00112233445566778899aabbccdd'], // 21 octets: 20 and the one for the sign
    ['7fbbccddeeff00112233445566778899aabbccdd'],
    ['0001'], // not minimal, but so it stands in the certificate
  ])('%s', (serial) => {
    const encoded = Buffer.from(buildRequest({ certId: certId('sha1', serial) })).toString('hex');
    const length = (serial.length / 2).toString(16).padStart(2, '0');
    expect(encoded.endsWith(`02${length}${serial}`)).toBe(true);
  });
});

describe('OpenSSL reads', () => {
  test('a request without a nonce: one certificate, nothing else', () => {
    const text = requestText(buildRequest({ certId: certId('sha256', '0a0b') }));
    expect(text).toMatch(/Version: 1 \(0x0\)\s+Requestor List:\s+Certificate ID:\s+Hash Algorithm: sha256\s/);
    expect(text).toContain(
      `Issuer Name Hash: ${createHash('sha256').update('name').digest('hex').toUpperCase()}`,
    );
    expect(text).toContain(
      `Issuer Key Hash: ${createHash('sha256').update('key').digest('hex').toUpperCase()}`,
    );
    expect(text).toContain('Serial Number: 0A0B');
    expect(text).not.toMatch(/Extensions|Requestor Name|Signature/);
    expect(text.match(/Certificate ID/g)).toHaveLength(1);
  });

  test('a nonce as an OCTET STRING in the OCTET STRING of the extension', () => {
    const nonce = Uint8Array.from({ length: 32 }, (_, index) => index);
    const text = requestText(buildRequest({ certId: certId('sha1', '01'), nonce }));
    expect(text).toMatch(/Request Extensions:\s+OCSP Nonce:\s+0420000102030405.*1E1F\s*$/);
    const structure = openssl('asn1parse', '-inform', 'DER', '-in', 'request.der');
    expect(structure).toMatch(/OBJECT +:OCSP Nonce\n.*OCTET STRING +\[HEX DUMP\]:0420000102[0-9A-F]+\n$/);
    expect(structure).not.toMatch(/BOOLEAN/);
  });
});

describe('the same octets as OpenSSL makes', () => {
  beforeAll(() => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl(
      'req',
      '-x509',
      '-days',
      '2',
      ...key,
      '-keyout',
      'ca.key',
      '-subj',
      '/O=Zürich/CN=CA',
      '-utf8',
      '-out',
      'ca.pem',
    );
  });

  const serials = [
    '0x01',
    '0x80',
    '0x7fbbccddeeff00112233445566778899aabbccdd',
    '0xaabbccddeeff00112233445566778899aabbccdd',
    '-5',
  ];
  const hashes: [HashName, string[]][] = [
    ['sha1', []],
    ['sha256', ['-sha256']],
  ];

  test.each(hashes.flatMap(([hash, words]) => serials.map((serial) => ({ hash, words, serial }))))(
    '$hash, serial $serial',
    ({ hash, words, serial }) => {
      openssl('req', '-new', '-key', 'ca.key', '-subj', '/CN=leaf', '-out', 'leaf.csr');
      const ca = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', serial];
      openssl('x509', '-req', '-in', 'leaf.csr', '-days', '1', ...ca, '-out', 'leaf.pem');
      openssl(
        'ocsp',
        '-no_nonce',
        ...words,
        '-issuer',
        'ca.pem',
        '-cert',
        'leaf.pem',
        '-reqout',
        'expected.der',
      );
      const expected = readFileSync(join(folder, 'expected.der'));
      expect(Buffer.from(buildRequest({ certId: realCertId(hash) })).toString('hex')).toBe(
        expected.toString('hex'),
      );
    },
  );

  /** The facts of the certificates by OpenSSL and Node, not by our own reader. */
  function realCertId(hashAlgorithm: HashName): CertId {
    const hash = (bytes: Uint8Array) => createHash(hashAlgorithm).update(bytes).digest();
    const issuer = readFileSync(join(folder, 'ca.pem'));
    const spki = new X509Certificate(issuer).publicKey.export({ type: 'spki', format: 'der' });
    return {
      hashAlgorithm,
      issuerNameHash: hash(subjectOf(new X509Certificate(issuer).raw)),
      issuerKeyHash: hash(spki.subarray(-65)), // an uncompressed point of P-256
      serialNumber: integerAt(new X509Certificate(readFileSync(join(folder, 'leaf.pem'))).raw, 0),
    };
  }

  function subjectOf(der: Buffer): Buffer {
    const names = rows(der).filter(({ depth, tag }) => depth === 2 && tag === 'SEQUENCE');
    const { offset, total } = names[3]!; // after signature, issuer, validity
    return der.subarray(offset, offset + total);
  }

  function integerAt(der: Buffer, index: number): Buffer {
    const { offset, total } = rows(der).filter(({ depth, tag }) => depth === 2 && tag === 'INTEGER')[index]!;
    return der.subarray(offset + 2, offset + total);
  }

  function rows(der: Buffer) {
    writeFileSync(join(folder, 'certificate.der'), der);
    const lines = openssl('asn1parse', '-inform', 'DER', '-in', 'certificate.der').split('\n');
    return lines.flatMap((line) => {
      const found = /^ *(\d+):d=(\d+) +hl=(\d+) +l= *(\d+) +\w+: +(\w+)/.exec(line);
      if (found === null) return [];
      const [offset, depth, header, length] = found.slice(1, 5).map(Number) as [
        number,
        number,
        number,
        number,
      ];
      return [{ offset, depth, total: header + length, tag: found[5] }];
    });
  }
});
