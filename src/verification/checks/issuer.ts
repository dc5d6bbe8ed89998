import { issuerFault } from '../../certificates/ca.js';
import type { Certificate } from '../../certificates/certificate.js';
import { commonName } from '../../certificates/name.js';
import { formatInstant } from '../../time/instant.js';
import { failed, notJudged, passed, type Check } from '../check.js';

/** What somebody signed who may not issue certificates is believed by no client, nor what his delegates signed. */
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

/** What the issuer's key signed is not believed before or beyond the issuer's own certificate. */
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

/** All four clients look at the root's validity as well, where they build a path to it. */
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

export const issuerChecks: readonly Check[] = [issuerIsCa, issuerValidity, pathValidity];
