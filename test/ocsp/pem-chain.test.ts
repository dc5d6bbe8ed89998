import { expect, test } from 'vitest';
import { fromPemChain, leafResponseIn, toPemChain } from '../../src/ocsp/pem-chain.js';

const LEAF = Uint8Array.from({ length: 200 }, (_, index) => index);
const ISSUER = Uint8Array.of(0x30, 3, 10, 1, 0);

test('responses become PEM blocks with lines of 64 characters, and are read back', () => {
  const bytes = toPemChain([LEAF, ISSUER]);
  const lines = Buffer.from(bytes).toString().split('\n');
  expect(Math.max(...lines.map(({ length }) => length))).toBe(64);
  expect(lines.filter((line) => line === '-----BEGIN OCSP RESPONSE-----')).toHaveLength(2);
  expect(fromPemChain(bytes)).toEqual([LEAF, ISSUER]);
  expect(leafResponseIn(bytes)).toEqual(LEAF);
});

test.each<[name: string, bytes: Uint8Array]>([
  ['DER', ISSUER],
  ['an empty file', new Uint8Array()],
  ['a block that breaks off', toPemChain([LEAF]).subarray(0, 100)],
  ['a certificate', Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')],
])('%s is not a chain of responses', (_, bytes) => {
  expect(fromPemChain(bytes)).toEqual([]);
  expect(leafResponseIn(bytes)).toEqual(bytes);
});

test('other line ends and text between the blocks do not matter', () => {
  const text = Buffer.from(toPemChain([LEAF, ISSUER])).toString();
  const bytes = Buffer.from(`leaf\r\n${text.replaceAll('\n', '\r\n')}\r\n`);
  expect(fromPemChain(bytes)).toEqual([LEAF, ISSUER]);
});

const BEGIN = '-----BEGIN OCSP RESPONSE-----\n';

test.each<[name: string, text: string]>([
  ['blanks without end', BEGIN + ' '.repeat(2 ** 20)],
  ['beginnings without end', BEGIN.repeat(2 ** 15)],
  ['lines of base64 without end', BEGIN + 'AAAA\n'.repeat(2 ** 17)],
  ['base64 that something interrupts', `${BEGIN}${'AAAA\n'.repeat(2 ** 17)}!\n-----END OCSP RESPONSE-----\n`],
])('a hostile file costs no more than its length: %s', (_, text) => {
  const bytes = Buffer.from(text);
  const began = process.cpuUsage();
  expect(fromPemChain(bytes)).toEqual([]);
  const { user } = process.cpuUsage(began);
  expect(user).toBeLessThan(2_000_000);
});

test('a file has no more responses than a path has certificates', () => {
  expect(fromPemChain(toPemChain(Array.from({ length: 1000 }, () => ISSUER)))).toHaveLength(8);
});
