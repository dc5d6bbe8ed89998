import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../src/x509/certificate.js';
import { nameConstraintFault } from '../../src/x509/name-constraints.js';
import { makeCertificate, makeKey } from '../support/ca.js';
import { ia5, oid, seq, set, tlv, utf8 } from '../support/der.js';
import { alternativeNames, generalName, nameConstraints } from '../support/extensions.js';

const { dns, email, uri, ip, directory } = generalName;
const key = makeKey('p-256');
const EMPTY = seq();

const attribute = (type: string, value: Uint8Array) => seq(oid(type), value);
const commonName = (value: Uint8Array) => seq(set(attribute('2.5.4.3', value)));
const organization = (value: Uint8Array) => set(attribute('2.5.4.10', value));
const mailbox = (text: string) => seq(set(attribute('1.2.840.113549.1.9.1', ia5(text))));
const bmp = (text: string) => tlv(0x1e, Buffer.from(text, 'utf16le').swap16());
const teletex = (text: string) => tlv(0x14, Buffer.from(text));

/** The subject and the alternative names of a certificate. */
interface Names {
  readonly subject?: Uint8Array;
  readonly names?: readonly Uint8Array[];
  readonly ca?: boolean;
}

/** Finds the fault of a certificate below a CA with these permitted and excluded subtrees. */
function faultOf(
  { subject = EMPTY, names = [], ca = false }: Names,
  permitted: readonly Uint8Array[],
  excluded: readonly Uint8Array[] = [],
): string | undefined {
  const above = makeCertificate({
    subject: 'CA',
    key,
    ca: true,
    extraExtensions: [nameConstraints(permitted, excluded)],
  });
  const extraExtensions = names.length === 0 ? [] : [alternativeNames(...names)];
  const below = makeCertificate({ subject, issuer: above, key, ca, extraExtensions });
  return nameConstraintFault(readCertificate(below.der), readCertificate(above.der));
}

const of = (...names: readonly Uint8Array[]): Names => ({ names });
const HERE = dns('here.example');
const BASE = seq(organization(utf8('Here')));

describe('a certificate is within name constraints', () => {
  test.each<[string, Names, readonly Uint8Array[], (readonly Uint8Array[])?]>([
    ['whose permitted dNSName is empty', of(dns('a.example')), [dns('')]],
    ['with an excluded name that only ends alike', of(dns('x.example')), [], [dns('bad.example')]],
    [
      'with a permitted mailbox, in another case of its domain',
      of(email('me@HERE.example')),
      [email('me@here.example')],
    ],
    ['with a mailbox of a permitted domain', of(email('me@mail.here.example')), [email('.here.example')]],
    [
      'with another mailbox than the excluded one',
      of(email('you@here.example')),
      [],
      [email('me@here.example')],
    ],
    [
      'with a permitted emailAddress in the subject',
      { subject: mailbox('me@here.example') },
      [email('here.example')],
    ],
    [
      'with a common name, if a dNSName is there',
      { subject: commonName(utf8('a.example')), ...of(HERE) },
      [HERE],
    ],
    [
      'with a common name that is a host, if it is a CA',
      { subject: commonName(utf8('a.example')), ca: true },
      [HERE],
    ],
    ['with a host in another attribute', { subject: seq(organization(utf8('a.example'))) }, [HERE]],
    ['with an empty subject', of(HERE), [directory(BASE), HERE]],
    [
      'whose permitted RDN is of its type of string',
      { subject: seq(organization(teletex('Here'))) },
      [directory(seq(organization(teletex('Here'))))],
    ],
  ])('%s', (_, names, permitted, excluded) => {
    expect(faultOf(names, permitted, excluded)).toBeUndefined();
  });
});

describe('a certificate is outside of name constraints', () => {
  const RDN_OF_TWO = set(attribute('2.5.4.10', utf8('Here')), attribute('2.5.4.11', utf8('Unit')));
  test.each<[string, Names, readonly Uint8Array[], readonly Uint8Array[], string]>([
    ['whose excluded dNSName is empty', of(dns('a.example')), [], [dns('')], 'dNSName "a.example"'],
    [
      'with a wildcard above a permitted domain',
      of(dns('*.example')),
      [dns('.here.example')],
      [],
      'dNSName "*.example"',
    ],
    [
      'with a wildcard that includes an excluded domain',
      of(dns('*.example')),
      [],
      [dns('.bad.example')],
      'dNSName "*.example"',
    ],
    [
      'whose permitted rfc822Name is empty',
      of(email('me@here.example')),
      [email('')],
      [],
      'rfc822Name "me@here.example"',
    ],
    [
      'whose excluded rfc822Name is empty',
      of(email('me@here.example')),
      [],
      [email('')],
      'rfc822Name "me@here.example"',
    ],
    [
      'with a mailbox below an excluded host',
      of(email('me@mail.bad.example')),
      [],
      [email('bad.example')],
      'rfc822Name',
    ],
    [
      'with an excluded mailbox in another case',
      of(email('Me@here.example')),
      [],
      [email('mE@HERE.example')],
      'rfc822Name',
    ],
    [
      'with a permitted mailbox of another host',
      of(email('me@a.example')),
      [email('me@here.example')],
      [],
      'rfc822Name',
    ],
    [
      'with a mailbox without a user',
      of(email('@here.example')),
      [email('here.example')],
      [],
      'an e-mail address that is none',
    ],
    [
      'with the URI of an IPv6 address',
      of(uri('http://[2001:db8::a]/')),
      [uri('.here.example')],
      [],
      'cannot be compared',
    ],
    [
      'with a host as a BMPString common name',
      { subject: commonName(bmp('a.example')) },
      [HERE],
      [],
      'dNSName "a.example"',
    ],
    [
      'with a NUL in the common name',
      { subject: commonName(utf8('a.example\0b')) },
      [HERE],
      [],
      'a NUL within',
    ],
    [
      'with an RDN that has one more attribute',
      { subject: seq(RDN_OF_TWO) },
      [directory(BASE)],
      [],
      'directoryName',
    ],
    [
      'with an RDN in a type of string that nobody compares',
      { subject: seq(organization(teletex('Here'))) },
      [directory(BASE)],
      [],
      'directoryName',
    ],
    [
      'whose CA is another directoryName',
      { subject: commonName(utf8('Elsewhere')) },
      [directory(BASE)],
      [],
      'directoryName "Elsewhere"',
    ],
    [
      'whose CA permits an address of impossible length',
      of(HERE),
      [ip(192, 0, 2, 0)],
      [],
      'an iPAddress constraint of impossible length',
    ],
    [
      'whose CA permits a mailbox without a user',
      of(HERE),
      [email('@here.example')],
      [],
      'an e-mail address that is none',
    ],
  ])('%s', (_, names, permitted, excluded, says) => {
    expect(faultOf(names, permitted, excluded)).toContain(says);
  });

  test('whose names are too many to compare', () => {
    const many = Array.from({ length: 501 }, (_, index) => dns(`${index}.example`));
    expect(faultOf(of(...many), many.slice(0, 250), many.slice(250))).toContain('too many names');
  });

  test('which says with what it cannot be compared', () => {
    expect(faultOf(of(dns('a..here.example')), [HERE])).toBe(
      'cannot be compared with the name constraints of "CA": it has a domain name that is none',
    );
  });
});
