import { DEFAULT_POLICY } from '../../support/policy.js';
import type { Asked } from '../../../src/ocsp/verify/question.js';
import { type Examination, verify } from '../../../src/ocsp/verify/verify.js';
import { nodeFiles } from '../../../src/system/files.js';
import { DAY, HOUR } from '../../../src/util/time.js';
import { readCertificate } from '../../../src/x509/certificate.js';
import { ocspUrls } from '../../../src/x509/extensions.js';
import { IssuerCache } from '../../../src/x509/load.js';
import { loadSubject, type Subject } from '../../../src/x509/subject.js';
import { type CertificateOptions, makeCertificate, type TestCertificate } from '../../support/ca.js';
import { oid, seq, set, tlv } from '../../support/der.js';
import { makeSandbox } from '../../support/sandbox.js';

/** Certificates and responses as real CAs issue them, in addition to the fixtures. */
export const NOW = Date.UTC(2030, 5, 15, 12);
export const TIMES = { thisUpdate: NOW - HOUR, nextUpdate: NOW + 3 * DAY };

export const root = makeCertificate({ subject: 'Root', ca: true });
export const issuer = makeCertificate({ subject: 'Issuer', issuer: root, ca: true });
export const leaf = makeCertificate({ subject: 'leaf.example', issuer });
export const UTF8 = 0x0c;
export const PRINTABLE = 0x13;
export const TELETEX = 0x14;
export const BMP = 0x1e;

interface Options {
  readonly subject?: Subject;
  readonly pinned?: readonly TestCertificate[];
  readonly asked?: Asked;
}

export function judge(
  der: Uint8Array,
  { subject = subjectOf(leaf, issuer), pinned = [], asked }: Options = {},
): Examination {
  const question = {
    serialNumber: subject.certificate.serialNumber,
    issuer: subject.issuer,
    trustedResponders: pinned.map((one) => readCertificate(one.der)),
  };
  return verify(der, question, { policy: DEFAULT_POLICY, now: NOW, asked });
}

/** Returns the verdict of a good examination, else its code. */
export function outcome(examination: Examination): string {
  return examination.kind === 'good' ? 'good' : `${examination.code}`;
}

export function subjectOf(certificate: TestCertificate, issuer: TestCertificate): Subject {
  const [read, issuedBy] = [readCertificate(certificate.der), readCertificate(issuer.der)];
  return { certificate: read, issuer: issuedBy, path: undefined, ocspUrls: ocspUrls(read), damage: [] };
}

/** As a run reads them: from a fullchain, in this order. */
export function load(...certificates: readonly TestCertificate[]): Subject {
  const cert = makeSandbox().write('fullchain.pem', certificates.map(({ pem }) => pem).join(''));
  const entry = { cert, chain: undefined, rootchain: undefined };
  return loadSubject(entry, nodeFiles, new IssuerCache(nodeFiles), NOW);
}

export function delegate(
  issuer: TestCertificate,
  options: Partial<CertificateOptions> = {},
): TestCertificate {
  return makeCertificate({
    subject: 'Signer',
    issuer,
    extendedKeyUsage: ['ocspSigning'],
    ocspNoCheck: true,
    ...options,
  });
}

/** A Name of one common name. */
export function named(text: string, tag = UTF8): Uint8Array {
  return seq(set(seq(oid('2.5.4.3'), tlv(tag, encoded(text, tag)))));
}

function encoded(text: string, tag: number): Uint8Array {
  return tag === BMP
    ? Buffer.from(text, 'utf16le').swap16()
    : Buffer.from(text, tag === UTF8 ? 'utf8' : 'latin1');
}
