import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Cursor,
  DerError,
  elements,
  readElement,
  readOnly,
  sequence,
  type Element,
} from '../../src/x509/der.js';
import { readOid, readCertificateTime, readGeneralizedTime } from '../../src/x509/values.js';
import { assertStrictDer } from '../../src/x509/strict-der.js';
import { readCertificate } from '../../src/x509/certificate.js';
import { readResponse } from '../../src/ocsp/response.js';
import * as der from '../support/der.js';

/** Trees of canonical elements, up to five levels. */
const { tree } = fc.letrec<{ tree: der.Octets; leaf: der.Octets; inner: der.Octets }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), tie('inner')),
  leaf: fc.oneof(
    fc.bigInt({ min: 0n, max: 1n << 200n }).map(der.int),
    fc.boolean().map(der.boolean),
    fc.constant(der.nul()),
    fc.uint8Array({ maxLength: 300 }).map((content) => der.octets(content)),
    fc.uint8Array().map((content) => der.bits(content)),
    fc.string({ unit: 'binary' }).map(der.utf8),
    fc.nat(0x7f).map(der.enumerated),
  ),
  inner: fc
    .tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0xa3, 0x61), fc.array(tie('tree'), { maxLength: 5 }))
    .map(([tag, children]) => der.tlv(tag, ...children)),
}));

describe('what our writer makes', () => {
  test('is strict DER, and read as what it is', () => {
    fc.assert(
      fc.property(tree, fc.uint8Array(), (element, more) => {
        assertStrictDer(element);
        const read = readElement(der.concat(element, more));
        expect(read.tag).toBe(element[0]);
        expect(Buffer.from(read.bytes).equals(element)).toBe(true);
        expect(Buffer.from(read.content).equals(der.contentOf(element))).toBe(true);
      }),
    );
  });

  test('falls into the parts that it was made of', () => {
    const bytesOf = (found: readonly Element[]) => found.map(({ bytes }) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 10 }), (children) => {
        const whole = der.seq(...children);
        const expected = children.map((child) => Buffer.from(child));
        expect(bytesOf(elements(readOnly(whole, 0x30, 'it')))).toEqual(expected);
        const cursor: Cursor = sequence(whole, 'it');
        expect(bytesOf(children.map((child) => cursor.next(child[0] as number, 'one')))).toEqual(expected);
        cursor.end();
      }),
    );
  });

  test('is refused with anything after it, and with its last octet missing', () => {
    fc.assert(
      fc.property(tree, fc.uint8Array({ minLength: 1 }), (element, more) => {
        expect(() => assertStrictDer(der.concat(element, more))).toThrow(DerError);
        expect(() => assertStrictDer(element.subarray(0, -1))).toThrow(DerError);
      }),
    );
  });
});

test('whatever the bytes are, reading them ends, and fails by a DerError', () => {
  const allElements = (bytes: Uint8Array) => elements(readElement(bytes));
  const readers = [readElement, allElements, assertStrictDer, readOid, readResponse, readCertificate];
  const begun = fc.tuple(tree, fc.uint8Array()).map((parts) => der.seq(...parts));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), begun), (bytes) => {
      for (const read of readers) {
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test('object identifiers come back', () => {
  const arc = fc.oneof(fc.nat(200), fc.maxSafeNat());
  const firstTwo = fc.oneof(
    fc.tuple(fc.constantFrom(0, 1), fc.nat(39)),
    fc.tuple(fc.constant(2), fc.nat(100_000)),
  );
  fc.assert(
    fc.property(firstTwo, fc.array(arc, { maxLength: 5 }), (first, more) => {
      const dotted = [...first, ...more].join('.');
      expect(readOid(der.contentOf(der.oid(dotted)))).toBe(dotted);
    }),
  );
});

describe('times come back', () => {
  const secondsBetween = (from: number, to: number) =>
    fc.integer({ min: from / 1000, max: to / 1000 - 1 }).map((seconds) => seconds * 1000);

  test('GeneralizedTime, of the years 0 to 9999', () => {
    const year0 = new Date(0).setUTCFullYear(0, 0, 1);
    fc.assert(
      fc.property(secondsBetween(year0, Date.UTC(10_000, 0, 1)), (instant) => {
        const time = readGeneralizedTime(der.contentOf(der.generalizedTime(instant)));
        expect(time).toEqual({ kind: 'exact', instant });
      }),
    );
  });

  test('those of certificates, UTCTime of the years 1950 to 2049', () => {
    fc.assert(
      fc.property(secondsBetween(Date.UTC(1950, 0, 1), Date.UTC(2100, 0, 1)), (instant) => {
        const element = readElement(der.certificateTime(instant));
        expect(readCertificateTime(element)).toEqual({ kind: 'exact', instant });
      }),
    );
  });

  test('no other text is a time', () => {
    // Most are dates that exist, and some have a month 13, a 31 February or a second 60.
    const number = (max: number) =>
      fc.integer({ min: 0, max }).map((one) => String(one).padStart(String(max).length, '0'));
    const parts = fc.tuple(...[9999, 13, 32, 24, 60, 60].map(number));
    const texts = fc.oneof(
      fc.string(),
      parts.map((digits) => `${digits.join('')}Z`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const time = readGeneralizedTime(Buffer.from(text));
        fc.pre(time.kind === 'exact');
        expect(der.generalizedTime(time.instant)).toEqual(der.generalizedTime(text));
      }),
    );
  });
});
