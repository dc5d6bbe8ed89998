import type { Certificate } from '../../../x509/certificate.js';
import { identifiesOther, isDuplicate, isInForce } from '../../../x509/chain.js';
import { hasKeyUsage, ocspNoCheck } from '../../../x509/extensions.js';
import { equalBytes, toHex } from '../../../util/bytes.js';
import type { Instant } from '../../../util/time.js';
import { commonName, describeUnlike } from '../../../x509/name.js';
import { type Check, failed, notJudged, passed, warning } from '../check.js';
import { foreignAnswer, type ForeignAnswer } from '../match.js';
import type { ResponderId } from '../../response.js';
import { isNamedBy } from '../signer.js';
import type { Candidate } from '../signer-fault.js';

const responderId: Check = {
  step: 9,
  name: 'responderID',
  section: 'RFC 6960 §3.2 (3), §4.2.1',
  judge({ basic, signer }) {
    if (basic === undefined || signer === undefined) return notJudged('no basic response');
    const { responderId: id } = basic;
    const { candidate } = signer;
    if (signer.isNamed) return passed(() => `${id.kind}, names ${describeCandidate(candidate)}`);
    if (candidate === undefined) return notJudged('it names nobody whose certificate is at hand');
    const unlike = () =>
      id.kind === 'byName' ? `: it ${describeUnlike(id.name, candidate.certificate.subject)}` : '';
    return failed(
      'responder-id-mismatch',
      () => `responderID ${id.kind} does not name the signer, ${describeCandidate(candidate)}${unlike()}`,
    );
  },
};

const signature: Check = {
  step: 10,
  name: 'signature',
  section: 'RFC 6960 §3.2 (2)',
  judge({ signer, policy }) {
    if (signer?.candidate === undefined) return notJudged('nobody whose key could be tried');
    if (signer.signature === undefined) return notJudged('its certificate is not a delegate of the issuer');
    const verdict = signer.signature;
    if (verdict.kind === 'refused') return failed(verdict.code, () => verdict.problem);
    if (verdict.kind === 'valid-sha1' && !policy.allowSha1Signatures) {
      return failed('signature-sha1', () => verdict.algorithm);
    }
    const said = () => `${verdict.algorithm}, by ${describeCandidate(signer.candidate)}`;
    const refusedBy = verdict.kind === 'valid' ? verdict.refusedBy : undefined;
    if (refusedBy === undefined) return passed(said);
    return warning(
      'signature-pss-unusual',
      () => `${said()}, in a form that is not accepted by ${refusedBy}`,
    );
  },
};

const authority: Check = {
  step: 11,
  name: "signer's authority",
  section: 'RFC 6960 §4.2.2.2, BR §7.1.2.8',
  judge({ basic, signer, match, question: { issuer } }) {
    if (basic === undefined || signer === undefined) return notJudged('no basic response');
    const { candidate, fault } = signer;
    if (candidate === undefined)
      return failed(
        'signer-not-found',
        () => `the certificate of the signer, ${describeSigner(basic.responderId)}, was not sent along`,
      );
    if (fault !== undefined) return failed(fault.code, fault.problem, fault);
    const foreign =
      match?.kind === 'found' && candidate.kind !== 'pinned'
        ? foreignAnswer(issuer, basic.responses)
        : undefined;
    if (foreign !== undefined) return failed('signer-not-authorized', () => explainForeign(foreign));
    return passed(() =>
      candidate.kind === 'issuer' ? "the issuer's own key" : describeCandidate(candidate),
    );
  },
};

/**
 * Explains the failure. An issuer and its delegates must not speak for other issuers' certificates (RFC 6960 §4.2.2.2).
 */
function explainForeign({ difference, hash }: ForeignAnswer): string {
  if (difference === 'hash-algorithm') {
    return `it has another answer whose CertID is hashed by ${hash}: only by SHA-1 and SHA-256 is it known of which issuer it speaks, and only a pinned responder may speak of others`;
  }
  return 'it speaks of certificates of other issuers too, for which only a pinned responder may';
}

/**
 * If the issuer signed, GnuTLS takes a certificate of its name for the signer's, and refuses the handshake if it is not the
 * issuer's very certificate. If a delegate signed, OpenSSL takes it for that of the delegate's issuer, and refuses a response
 * whose path then ends at a root that it does not trust. This is a warning because other clients accept it, and
 * cross-signed issuers have several certificates.
 */
const copyOfIssuer: Check = {
  step: 11,
  name: "copy of the issuer's certificate",
  section: 'RFC 6960 §4.2.1',
  judge({ basic, signer, question: { issuer }, now }) {
    const candidate = signer?.candidate;
    if (basic === undefined || candidate === undefined) return notJudged('no signer');
    if (candidate.kind === 'pinned') return passed(() => 'not asked for: a pinned responder signed');
    const isDelegated = candidate.kind === 'embedded';
    const copy = isDelegated
      ? issuerTakenByOpenssl(candidate.certificate, basic.certificates, issuer, now)
      : basic.certificates.find((certificate) => isNamedBy(basic.responderId, certificate));
    if (copy === undefined) return passed(() => 'none was sent along');
    if (equalBytes(copy.der, issuer.der)) return passed(() => 'the very same was sent along');
    if (isDelegated && isDuplicate(copy, issuer) && equalBytes(copy.issuer, issuer.issuer))
      return passed(() => 'another one of the same root was sent along');
    const name = () => commonName(issuer.subject);
    return warning(
      'signer-copy-differs',
      () => `another certificate of ${name()} than the issuer's was sent along`,
    );
  },
};

/** Finds the certificate from which OpenSSL builds the path of a delegate: those of the response come before the server's. */
function issuerTakenByOpenssl(
  delegate: Certificate,
  certificates: readonly Certificate[],
  issuer: Certificate,
  now: Instant,
): Certificate | undefined {
  return certificates.find(
    (one) =>
      equalBytes(one.subject, issuer.subject) && isInForce(one, now) && !identifiesOther(delegate, one),
  );
}

/** This is a warning because genuine responders of national CAs have nonRepudiation alone. */
const keyUsage: Check = {
  step: 11,
  name: "signer's key usage",
  section: 'RFC 5280 §4.2.1.12, BR §7.1.2.8',
  judge({ signer }) {
    const candidate = signer?.candidate;
    if (candidate === undefined) return notJudged('no signer');
    if (candidate.kind !== 'embedded') return passed(() => 'not asked for: no delegated signer');
    if (signer?.fault !== undefined) return notJudged('it may not sign');
    if (hasKeyUsage(candidate.certificate, 'digitalSignature') !== false)
      return passed(() => 'digitalSignature, or no restriction');
    const name = () => commonName(candidate.certificate.subject);
    return warning('signer-non-repudiation', () => `${name()} has nonRepudiation without digitalSignature`);
  },
};

/**
 * A client would have to check the signer's own revocation if the extension is missing, but no client does. GnuTLS does not
 * know it, and refuses a signer for which it is critical; OpenSSL, mozilla::pkix and Go accept that.
 */
const noCheck: Check = {
  step: 12,
  name: 'id-pkix-ocsp-nocheck',
  section: 'RFC 6960 §4.2.2.2.1',
  judge({ signer }) {
    const candidate = signer?.candidate;
    if (candidate === undefined) return notJudged('no signer');
    if (candidate.kind !== 'embedded') return passed(() => 'not needed: no delegated signer');
    const name = () => commonName(candidate.certificate.subject);
    const extension = ocspNoCheck(candidate.certificate);
    if (extension === undefined) return warning('signer-without-nocheck', () => `${name()} lacks it`);
    if (extension.critical)
      return warning('signer-nocheck-critical', () => `${name()} has it as a critical extension`);
    return passed(() => 'present');
  },
};

function describeSigner(id: ResponderId): string {
  return id.kind === 'byName' ? commonName(id.name) : `with the key hash ${toHex(id.keyHash)}`;
}

function describeCandidate(candidate: Candidate | undefined): string {
  if (candidate === undefined) return 'nobody';
  const name = commonName(candidate.certificate.subject);
  switch (candidate.kind) {
    case 'issuer':
      return `the issuer, ${name}`;
    case 'pinned':
      return `the pinned responder ${name}`;
    case 'embedded':
      return `the delegated responder ${name}`;
  }
}

export const signerChecks: readonly Check[] = [
  responderId,
  signature,
  authority,
  copyOfIssuer,
  keyUsage,
  noCheck,
];
