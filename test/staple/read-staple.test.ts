import { describe, expect, test } from 'vitest';
import { examinationOf, goodOnce, readStaple, type Staple } from '../../src/staple/staple.js';
import { LIMITS } from '../../src/util/limits.js';
import { readCertificate } from '../../src/x509/certificate.js';
import { NOW } from '../installation/support/tools.js';
import { makeAuthority, makeErrorResponse, makeResponse, type TestCertificate } from '../support/ca.js';
import { POLICY } from '../support/policy.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const authority = makeAuthority();
const certificate = authority.issue();
const question = {
  serialNumber: certificate.serial,
  issuer: readCertificate(authority.intermediate.der),
  trustedResponders: [],
};

function response(from: number, until: number, about: TestCertificate = certificate, other = {}): Uint8Array {
  const times = { thisUpdate: NOW + from, nextUpdate: NOW + until };
  return makeResponse({ issuer: authority.intermediate, certificate: about, ...times, ...other });
}

/** Reads a file with these bytes, or one whose reading fails with an errno. */
function read(content: Uint8Array | string): Staple {
  const files = {
    read: (_path: string, limit: number) => {
      if (typeof content === 'string')
        throw Object.assign(new Error(`${content}: it failed`), { code: content });
      if (content.length > limit) throw Object.assign(new Error('EFBIG: too large'), { code: 'EFBIG' });
      return content;
    },
  };
  return readStaple('/ocsp/a.ocsp', question, { policy: POLICY, now: NOW }, files);
}

describe('a file', () => {
  const fresh = response(-HOUR, DAY);
  const forged = Uint8Array.from(fresh);
  forged[forged.length - 1]! ^= 1;
  const cases: [string, Uint8Array | string, object][] = [
    ['with a good response is usable', fresh, { kind: 'usable' }],
    ['that is not there is absent', 'ENOENT', { kind: 'absent' }],
    [
      'that may not be read is other',
      'EACCES',
      { kind: 'other', hint: 'let the user that runs ocspbot read it' },
    ],
    ['that is a folder is unreadable', 'EISDIR', { kind: 'unreadable', problem: 'EISDIR: it failed' }],
    [
      'whose response has expired is unusable',
      response(-DAY, -HOUR),
      { kind: 'unusable', code: 'response-expired' },
    ],
    [
      'whose response says revoked is unusable',
      response(-HOUR, DAY, certificate, { status: { revoked: NOW - DAY, reason: 1 } }),
      { kind: 'unusable', code: 'certificate-revoked' },
    ],
    ['whose signature is false is unusable', forged, { kind: 'unusable', code: 'signature-invalid' }],
    ['cut short is unusable', fresh.subarray(0, 100), { kind: 'unusable', code: 'der-malformed' }],
    ['that is empty is unusable', new Uint8Array(), { kind: 'unusable', code: 'der-malformed' }],
    ['with an error of a responder is unusable', makeErrorResponse('tryLater'), { kind: 'unusable' }],
    [
      'with a response for another certificate is foreign',
      response(-HOUR, DAY, authority.issue()),
      { kind: 'foreign', code: 'certid-mismatch' },
    ],
    [
      'with a response from the future is ahead',
      response(HOUR, DAY),
      { kind: 'ahead', code: 'this-update-in-future' },
    ],
    ['with a certificate is other', Buffer.from(certificate.pem), { kind: 'other' }],
    ['with text is other', Buffer.from('#!/bin/sh\necho hello\n'), { kind: 'other' }],
    [
      'larger than any response is other',
      Buffer.alloc(LIMITS.stapleFile + 1, 0xff),
      { kind: 'other', problem: 'it holds data of an unknown kind, larger than any OCSP response' },
    ],
  ];
  test.each(cases)('%s', (_, content, expected) => {
    expect(read(content)).toMatchObject(expected);
  });
});

test('a fault of the program is not taken for a fault of the file', () => {
  const files = {
    read: () => {
      throw new TypeError('a fault');
    },
  };
  expect(() => readStaple('a', question, { policy: POLICY, now: NOW }, files)).toThrow('a fault');
});

describe('goodOnce', () => {
  test.each([
    ['for a usable staple', response(-HOUR, DAY), true],
    ['for one that has expired', response(-DAY, -HOUR), true],
    ['for one that is too old', response(-15 * DAY, DAY), true],
    ['not for one of another certificate', response(-HOUR, DAY, authority.issue()), false],
    ['not for one that says unknown', response(-HOUR, DAY, certificate, { status: 'unknown' }), false],
    ['not for one from the future', response(HOUR, DAY), false],
  ])('gives times %s', (_, der, isGiven) => {
    expect(goodOnce(read(der)) !== undefined).toBe(isGiven);
  });
});

test('the examination is that of these bytes only', () => {
  const der = response(-HOUR, DAY);
  const staple = read(der);
  expect(examinationOf(staple, Uint8Array.from(der))).toBe('examination' in staple ? staple.examination : 0);
  expect(examinationOf(staple, response(-HOUR, DAY))).toBeUndefined();
  expect(examinationOf(read('ENOENT'), der)).toBeUndefined();
});
