import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Examination, verify } from '../../src/ocsp/verify/verify.js';
import { HOUR } from '../../src/util/time.js';
import { readCertificate } from '../../src/x509/certificate.js';
import { makeAuthority, makeCertificate, type TestCertificate } from '../support/ca.js';
import {
  concat,
  enumerated,
  explicit,
  int,
  nul,
  octets,
  type Octets,
  oid,
  seq,
  set,
} from '../support/der.js';
import { extension, OID_BASIC_RESPONSE } from '../support/extensions.js';
import { makeKey } from '../support/keys.js';
import type { SingleOptions } from '../support/response-options.js';
import { makeResponse, responderByKey, responderByName } from '../support/responses.js';
import { CIRCUMSTANCES, wordless } from './support/judging.js';
import { nested } from './support/tree-mutations.js';

const authority = makeAuthority({ key: 'ed25519', depth: 1 });
const { root: issuer } = authority;
const certificate = authority.issue();
const times = { thisUpdate: CIRCUMSTANCES.now - HOUR, nextUpdate: CIRCUMSTANCES.now + 24 * HOUR };
const usual = { issuer, certificate, ...times };

let tried = 0;
afterAll(() => console.log(`responses out of proportion: ${tried}`));

function judge(response: Octets): Examination {
  tried++;
  const asked = {
    serialNumber: certificate.serial,
    issuer: readCertificate(issuer.der),
    trustedResponders: [],
  };
  const verdict = verify(response, asked, CIRCUMSTANCES);
  expect(wordless(verdict)).toBeUndefined();
  return verdict;
}

const repeat = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Makes a SingleResponse about another certificate. */
const about = (index: number): SingleOptions => ({ certificate: int(index + 1).subarray(2), ...times });
const own: SingleOptions = { certificate, ...times };

/** Really signed: what is refused is refused for its size. An element is one TLV, whatever is in it. */
describe('many SingleResponses', () => {
  test.each([
    ['a thousand, the last is ours', [...repeat(999, about), own], 'good', undefined],
    ['a thousand, the first is ours', [own, ...repeat(999, about)], 'good', undefined],
    ['a thousand, none is ours', repeat(1000, about), 'rejected', 'certid-mismatch'],
    ['a thousand, all of them ours', repeat(1000, () => own), 'good', undefined],
    [
      'a thousand, one of ours says revoked',
      [...repeat(999, () => own), { ...own, status: { revoked: times.thisUpdate } }],
      'revoked',
      'certificate-revoked',
    ],
    [
      'a thousand, one of ours says unknown',
      [...repeat(999, () => own), { ...own, status: 'unknown' as const }],
      'rejected',
      'responses-disagree',
    ],
    ['two thousand: more than 20,000 elements', repeat(2000, () => own), 'rejected', 'der-malformed'],
    ['ten thousand', repeat(10_000, about), 'rejected', 'der-malformed'],
  ] as const)('%s', (_, singles, kind, code) => {
    expect(judge(makeResponse({ issuer, singles }))).toMatchObject({ kind, code });
  });
});

describe('many certificates', () => {
  /** Certificates with the same name, so that a responderID by name names all of them. */
  let namesakes: readonly TestCertificate[];
  let signer: TestCertificate;
  beforeAll(() => {
    signer = authority.delegate({ subject: 'Crowd' });
    namesakes = repeat(300, (index) => {
      const key = makeKey('ed25519');
      return makeCertificate({
        subject: 'Crowd',
        issuer,
        key,
        serial: index + 1,
        extendedKeyUsage: ['ocspSigning'],
      });
    });
  });
  const signedBy = (embed: readonly TestCertificate[]) =>
    judge(makeResponse({ ...usual, signer, embed, responderId: responderByName(signer.name) }));

  test('of those with the name in the responderID the first counts', () => {
    expect(signedBy([signer, ...namesakes])).toMatchObject({ kind: 'good' });
    const behind = { kind: 'rejected', code: 'signature-invalid' };
    expect(signedBy([...namesakes.slice(0, 1), signer])).toMatchObject(behind);
    expect(signedBy([...namesakes, signer])).toMatchObject(behind);
  });

  test('those that the responderID does not name are passed over', () => {
    const embed = [...namesakes, signer];
    expect(
      judge(makeResponse({ ...usual, signer, embed, responderId: responderByKey(signer.key.spki) })),
    ).toMatchObject({ kind: 'good' });
  });

  test('a thousand are more than 20,000 elements', () => {
    const thousand = repeat(1000, (index) => namesakes[index % namesakes.length] as TestCertificate);
    expect(signedBy([signer, ...thousand])).toMatchObject({ kind: 'rejected', code: 'der-malformed' });
  });

  test('a thousand extensions, and a thousand times the same', () => {
    const extensions = repeat(1000, (index) => extension(`1.2.3.${index}`, nul()));
    expect(judge(makeResponse({ ...usual, extensions }))).toMatchObject({ kind: 'good' });
    const same = repeat(1000, () => extension('1.2.3', nul()));
    expect(judge(makeResponse({ ...usual, extensions: same }))).toMatchObject({ code: 'der-malformed' });
  });
});

describe('a megabyte of one thing is refused where it begins to be too much', () => {
  const wrapped = (basic: Octets) =>
    seq(enumerated(0), explicit(0, seq(oid(OID_BASIC_RESPONSE), octets(basic))));
  const many = (element: Octets) => new Uint8Array(Buffer.alloc(1 << 20, element));
  test.each([
    ['NULLs', nul()],
    ['empty SEQUENCEs', seq()],
    ['empty [0]s', explicit(0)],
    ['empty SETs', set()],
    ['end-of-contents', Uint8Array.of(0, 0)],
    ['zero octets', Uint8Array.of(0)],
    ['ff octets', Uint8Array.of(0xff)],
    ['octets 30', Uint8Array.of(0x30)],
    ['octets 80', Uint8Array.of(0x80)],
    ['beginnings of indefinite length', Uint8Array.of(0x30, 0x80)],
  ])('%s', (_, element) => {
    const mass = many(element);
    for (const response of [mass, seq(mass), wrapped(mass), wrapped(seq(mass)), wrapped(seq(seq(mass)))]) {
      expect(judge(response)).toMatchObject({ kind: 'rejected', code: 'der-malformed' });
    }
  });

  test.each([0x30, 0x31, 0xa0])('10,000 to 300,000 levels of %i', (tag) => {
    for (const levels of [33, 100, 1000, 10_000, 100_000, 300_000]) {
      const deep = nested(tag, nul(), levels);
      for (const response of [deep, wrapped(deep), wrapped(seq(deep))]) {
        expect(judge(response)).toMatchObject({ kind: 'rejected', code: 'der-malformed' });
      }
    }
  });

  test('names, extensions and object identifiers, signed with what is in them', () => {
    const huge = new Uint8Array(1 << 20).fill(0x61);
    const name = seq(set(seq(oid('2.5.4.3'), concat(hexHeader(0x0c, huge)))));
    const responses = [
      makeResponse({ ...usual, responderId: responderByName(name) }),
      makeResponse({ ...usual, extensions: [extension('1.2.3.4', huge)] }),
      makeResponse({ ...usual, extensions: [seq(hexHeader(0x06, huge), octets(nul()))] }),
      makeResponse({ ...usual, certificate: huge }),
      makeResponse({ ...usual, nonce: huge }),
    ];
    expect(responses.map((response) => judge(response).code)).toEqual([
      'responder-id-mismatch',
      undefined,
      'der-malformed',
      'certid-mismatch',
      undefined,
    ]);
  });
});

function hexHeader(tag: number, content: Octets): Octets {
  return concat(Uint8Array.of(tag), octets(content).subarray(1));
}
