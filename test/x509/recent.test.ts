import { expect, test } from 'vitest';
import { LIMITS } from '../../src/util/limits.js';
import { verify } from '../../src/ocsp/verify/verify.js';
import { readRecentCertificate } from '../../src/x509/recent.js';
import { CIRCUMSTANCES, fixture, question } from '../ocsp/support/judging.js';
import { makeAuthority } from '../support/ca.js';
import { extension } from '../support/extensions.js';

const authority = makeAuthority();

test('the same octets are one certificate, wherever they stand', () => {
  const { der } = authority.root;
  const between = Buffer.concat([Buffer.alloc(10), der, Buffer.alloc(10)]);
  const first = readRecentCertificate(new Uint8Array(der));
  expect(readRecentCertificate(between.subarray(10, -10))).toBe(first);
  expect(readRecentCertificate(authority.intermediate.der)).not.toBe(first);
});

test('what becomes of the octets later changes nothing', () => {
  const der = new Uint8Array(authority.issue().der);
  const certificate = readRecentCertificate(der);
  const copy = new Uint8Array(der);
  der.fill(0);
  expect(Buffer.from(certificate.der).equals(copy)).toBe(true);
  expect(readRecentCertificate(copy)).toBe(certificate);
});

test('one that cannot be read is told each time', () => {
  const cut = authority.root.der.subarray(0, -1);
  for (let round = 0; round < 2; round++) expect(() => readRecentCertificate(cut)).toThrow(/octets where/);
});

test('strangers cannot fill the memory, nor drive out what is in use', () => {
  const [kept, forgotten] = [authority.issue(), authority.issue()].map(({ der }) => der) as [
    Uint8Array,
    Uint8Array,
  ];
  const [inUse, once] = [readRecentCertificate(kept), readRecentCertificate(forgotten)];
  const large = extension('1.3.6.1.4.1.55555.1', new Uint8Array(LIMITS.recentCertificates / 10));
  for (let round = 0; round < 12; round++) {
    readRecentCertificate(authority.issue({ extraExtensions: [large] }).der);
    expect(readRecentCertificate(kept)).toBe(inUse);
  }
  expect(readRecentCertificate(forgotten)).not.toBe(once);
});

/** Milliseconds of the processor, whatever else the machine does. */
function cost(name: string): number {
  const der = fixture(name);
  const asked = question('issuer', 'leaf');
  const times = Array.from({ length: 9 }, () => {
    const begun = process.cpuUsage();
    for (let round = 0; round < 100; round++)
      expect(verify(new Uint8Array(der), asked, CIRCUMSTANCES).kind).toBe('good');
    const { user, system } = process.cpuUsage(begun);
    return user + system;
  });
  return times.toSorted((one, other) => one - other)[4] as number;
}

test('a delegated response costs little more than a direct one', () => {
  cost('good-by-key');
  const direct = cost('good-by-key');
  expect(cost('good-delegated-by-key') / direct).toBeLessThan(3);
});
