import { formatInstant } from '../../../util/time.js';
import { issuerFault } from '../../../x509/ca.js';
import type { Certificate } from '../../../x509/certificate.js';
import { commonName } from '../../../x509/name.js';
import { type Check, failed, notJudged, passed } from '../check.js';

/** An expired certificate needs no response: nobody staples or requests one. */
const certificateValidity: Check = {
  step: 17,
  name: "certificate's validity",
  section: 'RFC 9919 §4.2',
  judge({ question: { certificateEnd }, now }) {
    if (certificateEnd === undefined) return notJudged('only a serial number is known');
    if (now > certificateEnd)
      return failed(
        'certificate-expired',
        () => `the certificate expired at ${formatInstant(certificateEnd)}`,
      );
    return passed(() => `the certificate is valid until ${formatInstant(certificateEnd)}`);
  },
};

/** No client accepts a signature of an issuer that may not issue certificates, nor of its delegates. */
const issuerIsCa: Check = {
  step: 17,
  name: 'issuer is a CA',
  section: 'RFC 5280 §4.1.2.1, §4.2, §6.1.4 (k), (n)',
  judge({ question: { issuer } }) {
    const name = () => commonName(issuer.subject);
    const fault = issuerFault(issuer);
    return fault === undefined
      ? passed(() => `${name()} may issue certificates`)
      : failed(fault.code, () => `the issuer ${name()} ${fault.problem}`);
  },
};

/** Clients accept a signature of the issuer's key only during the validity of the issuer's certificate. */
const issuerValidity: Check = {
  step: 17,
  name: "issuer's validity",
  section: 'RFC 5280 §6.1.3 (a)(2)',
  judge({ question, now }) {
    const { notBefore, notAfter } = question.issuer;
    if (now < notBefore)
      return failed('issuer-not-yet-valid', () => `the issuer is valid from ${formatInstant(notBefore)}`);
    if (now > notAfter)
      return failed('issuer-expired', () => `the issuer expired at ${formatInstant(notAfter)}`);
    return passed(() => `the issuer is valid until ${formatInstant(notAfter)}`);
  },
};

/** OpenSSL, mozilla::pkix, GnuTLS and Go check the root's validity too, if they build a path to it. */
const pathValidity: Check = {
  step: 17,
  name: 'validity of the path to the root',
  section: 'RFC 5280 §6.1.3 (a)(2)',
  judge({ question: { path }, now }) {
    if (path === undefined) return notJudged('no path to a root is known');
    const early = path.find(({ notBefore }) => now < notBefore);
    if (early !== undefined)
      return failed(
        'path-not-yet-valid',
        () => `${describe(early)} is valid from ${formatInstant(early.notBefore)}`,
      );
    const late = path.find(({ notAfter }) => now > notAfter);
    if (late !== undefined)
      return failed('path-expired', () => `${describe(late)} expired at ${formatInstant(late.notAfter)}`);
    return passed(() => `${path.length} CA certificate(s) above the issuer, all valid`);
  },
};

function describe({ subject }: Certificate): string {
  return `above the issuer, ${commonName(subject)}`;
}

export const certificateChecks: readonly Check[] = [
  certificateValidity,
  issuerIsCa,
  issuerValidity,
  pathValidity,
];
