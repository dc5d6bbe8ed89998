import { describe, expect, test } from 'vitest';
import { DerError, elements, readElement } from '../../src/x509/der.js';
import { assertStrictDer } from '../../src/x509/strict-der.js';
import { readOid } from '../../src/x509/values.js';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('refuses', () => {
  test.each([
    ['nothing', ''],
    ['a lone identifier', '30'],
    ['a length beyond the end', '30 05 0201'],
    ['an indefinite length', '30 80 020101 0000'],
    ['a long form where the short one would do', '30 81 03 020101'],
    ['a leading zero in a length', '30 82 0003 020101'],
    ['a length of five octets', '30 85 0000000003 020101'],
    ['octets after the end', '30 03 020101 00'],
    ['a tag number above 30', '3f 21 00'],
    ['an end-of-contents mark', '30 02 0000'],
    ['a constructed INTEGER', '30 05 22 03 020101'],
    ['a primitive SEQUENCE', '10 03 020101'],
    ['an empty INTEGER', '30 02 0200'],
    ['a padded positive INTEGER', '30 04 0202007f'],
    ['a padded negative INTEGER', '30 04 0202ff80'],
    ['a BOOLEAN of two octets', '30 04 0102ffff'],
    ['a BOOLEAN neither 00 nor ff', '30 03 010101'],
    ['a NULL with content', '30 03 050100'],
    ['an empty BIT STRING', '30 02 0300'],
    ['eight unused bits', '30 04 03020800'],
    ['unused bits that are not zero', '30 04 03020101'],
    ['unused bits of nothing', '30 03 030101'],
    ['an empty OBJECT IDENTIFIER', '30 02 0600'],
    ['an unfinished OBJECT IDENTIFIER', '30 03 060180'],
    ['a padded OBJECT IDENTIFIER', '30 05 06032a8001'],
  ])('%s', (_, hex) => {
    expect(() => assertStrictDer(bytes(hex))).toThrow(DerError);
  });

  test('deep nesting, without overflowing the stack', () => {
    let nested = bytes('0500');
    for (let depth = 0; depth < 40; depth++) nested = Uint8Array.of(0x30, nested.length, ...nested);
    expect(() => assertStrictDer(nested)).toThrow('nested too deeply');
  });

  test('more elements than anybody needs', () => {
    const content = new Uint8Array(2 * 25_000).map((_, index) => (index % 2 === 0 ? 5 : 0));
    const many = Uint8Array.of(0x30, 0x82, content.length >> 8, content.length & 0xff, ...content);
    expect(() => assertStrictDer(many)).toThrow('too many elements');
    expect(() => elements(readElement(many))).toThrow('too many elements');
  });
});

describe('accepts', () => {
  test.each([
    ['an empty SEQUENCE', '3000'],
    ['numbers at the edges', '30 0d 02017f 02020080 0202ff7f 0500'],
    ['BOOLEANs', '30 06 010100 0101ff'],
    ['BIT STRINGs', '30 09 030100 03020780 0500'],
    // X.690 §11.5, §11.2.2 and §11.6 forbid these: the comment at assertStrictDer says that they are tolerated.
    ['a default that is written out', '30 05 a003 020100'],
    ['zero bits at the end of named bits', '30 05 0303 00a000'],
    ['a SET that is not sorted', '31 06 020102 020101'],
    ['context tags', 'a0 03 020101'],
    ['a long form where it is needed', '3081 80 047e' + '00'.repeat(126)],
  ])('%s', (_, hex) => {
    expect(() => assertStrictDer(bytes(hex))).not.toThrow();
  });
});

test('an element is a view of its bytes', () => {
  const whole = bytes('020105 0500');
  const element = readElement(whole);
  expect(element).toMatchObject({ tag: 2, bytes: bytes('020105'), content: bytes('05') });
  expect(element.content.buffer).toBe(whole.buffer);
});

test.each([
  ['2b06010505073001', '1.3.6.1.5.5.7.48.1'],
  ['2a864886f70d01010b', '1.2.840.113549.1.1.11'],
  ['883703', '2.999.3'],
  ['00', '0.0'],
  ['4f', '1.39'],
  ['50', '2.0'],
  ['6983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776', '2.25.329800735698586629295641978511506172918'],
  ['8380808080808080808050', '2.3541774862152233910272'],
])('the OBJECT IDENTIFIER %s is %s', (hex, dotted) => {
  expect(readOid(bytes(hex))).toBe(dotted);
});
