import type { Outcome } from '../report/outcome.js';
import type { SkipReason } from '../staple/decide.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { formatInstant } from '../util/time.js';
import { hasNoRevAvail, isMustStaple } from '../x509/extensions.js';
import type { DecisionContext } from './decision.js';
import type { InspectedCertificate } from './inspect.js';
import { facts } from './outcome-facts.js';

/** Returns the outcome of a certificate that needs no staple. Throws the error of one that cannot have any now. */
export function skip(certificate: InspectedCertificate, reason: SkipReason, run: DecisionContext): Outcome {
  switch (reason) {
    case 'not-replaceable':
      throw notReplaceable(certificate);
    case 'clock-wrong':
      throw clockWrong(certificate, run);
    case 'certificate-expired':
      throw new OcspbotError(
        reason,
        `the certificate expired at ${formatInstant(certificate.subject.certificate.notAfter)}`,
        {
          hint: `renew the certificate, or take it out of the configuration; or set the clock, which says ${formatInstant(run.now)}`,
        },
      );
    case 'no-responder':
      return withoutResponder(certificate, run);
  }
}

function notReplaceable({ entry: { ocsp }, staple }: InspectedCertificate): OcspbotError {
  const { problem, hint } = staple.kind === 'other' ? staple : { problem: '', hint: undefined };
  return refuseToReplace(ocsp, problem, hint);
}

/** Refuses to overwrite a file that is not a staple: a typing error under "ocsp" must not cost a private key. */
export function refuseToReplace(path: string, problem: string, hint = OTHER_HINT): OcspbotError {
  return new OcspbotError('target-unsuitable', `${path} is not replaced: ${problem}`, { hint });
}

const OTHER_HINT = 'name another file under "ocsp" (or "ocsp_mask"); if this one has no use, remove it';

function clockWrong(certificate: InspectedCertificate, run: DecisionContext): OcspbotError {
  const { because, ifRight } = doubtIn(certificate, run);
  return new OcspbotError('clock-wrong', `the clock says ${formatInstant(run.now)}, ${because}`, {
    hint: `set the clock of this machine (timedatectl, chrony)${ifRight}; nothing is judged until then`,
  });
}

/** Says why the clock is doubted, and what to do if it is right. */
function doubtIn(
  { staple, subject }: InspectedCertificate,
  { now, earliest }: DecisionContext,
): { readonly because: string; readonly ifRight: string } {
  if (staple.kind === 'ahead') {
    const because = `which cannot be: of the installed response, ${staple.problem}`;
    return { because, ifRight: '; if it is right, --force replaces that response' };
  }
  if (now < earliest)
    return {
      because: `which cannot be: this program was built at ${formatInstant(earliest)}`,
      ifRight: '',
    };
  return {
    because: `but the certificate is valid from ${formatInstant(subject.certificate.notBefore)}`,
    ifRight: '; if it is right, put the certificate in place that is valid now',
  };
}

function stapleWarnings({ staple, entry: { ocsp } }: InspectedCertificate): string[] {
  if (staple.kind === 'absent') return [];
  if (staple.kind === 'other') return [`"ocsp" names ${ocsp}, which is not a staple: ${staple.problem}`];
  return [`${ocsp} is left over: if nothing needs it, take it out of the server's configuration`];
}

/**
 * Tells of a certificate without an OCSP URL. CAs issue such certificates since they began to leave OCSP, so this is no
 * fault, except for a must-staple certificate (RFC 7633).
 */
function withoutResponder(inspected: InspectedCertificate, run: DecisionContext): Outcome {
  const { certificate } = inspected.subject;
  if (isMustStaple(certificate)) {
    throw new OcspbotError('no-responder', 'the certificate is must-staple, but names no OCSP responder', {
      hint: 'set ocsp_responder_uri, or have the certificate issued again without must-staple',
    });
  }
  const [unknown] = run.issuerResponders.unknown;
  if (unknown !== undefined && inspected.entry.responder === undefined) {
    throw new OcspbotError(
      'no-responder',
      `the certificate names no OCSP responder, and "issuers: ${unknown}:" may, but cannot be read`,
      { hint: 'put the certificate of that issuer in its place; see: ocspbot validate' },
    );
  }
  const warnings = stapleWarnings(inspected);
  if (hasNoRevAvail(certificate)) {
    const message = 'noRevAvail: its CA publishes no revocation for it, and none is needed';
    return {
      ...facts(inspected, message, run, { warnings }),
      kind: 'not-applicable',
      reason: 'no-rev-avail',
    };
  }
  if (certificate.notAfter - certificate.notBefore <= LIMITS.shortLived) {
    const message = 'a short-lived certificate without an OCSP responder: none is needed';
    return { ...facts(inspected, message, run, { warnings }), kind: 'not-applicable', reason: 'short-lived' };
  }
  const message = 'the certificate names no OCSP responder: there is nothing to staple';
  return { ...facts(inspected, message, run, { warnings }), kind: 'not-applicable', reason: 'no-responder' };
}
