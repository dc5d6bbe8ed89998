import { hasNoRevAvail, isMustStaple } from '../certificates/usage.js';
import { LIMITS } from '../defaults.js';
import type { SkipReason } from '../decision/decide.js';
import { OcspbotError } from '../errors.js';
import type { Outcome } from '../report/outcome.js';
import { formatInstant } from '../time/instant.js';
import type { Case, CaseContext } from './case.js';
import { facts } from './outcome-facts.js';

/** A certificate that nobody is asked about: an error, or nothing to do. */
export function skip(open: Case, reason: SkipReason, run: CaseContext): Outcome {
  switch (reason) {
    case 'not-replaceable':
      throw notReplaceable(open);
    case 'clock-wrong':
      throw clockWrong(open, run);
    case 'certificate-expired':
      throw new OcspbotError(
        reason,
        `the certificate expired at ${formatInstant(open.subject.certificate.notAfter)}`,
        {
          hint: `renew the certificate, or take it out of the configuration; or set the clock, which says ${formatInstant(run.now)}`,
        },
      );
    case 'no-responder':
      return withoutResponder(open, run);
  }
}

function notReplaceable({ entry: { ocsp }, staple }: Case): OcspbotError {
  return refuseToReplace(ocsp, staple.kind === 'other' ? staple.problem : '');
}

/** A typing error under "ocsp" must not cost a key. */
export function refuseToReplace(path: string, problem: string): OcspbotError {
  return new OcspbotError('target-unsuitable', `${path} is not replaced: ${problem}`, {
    hint: 'name another file under "ocsp" (or "ocsp_mask"); if this one has no use, remove it',
  });
}

function clockWrong({ staple, subject }: Case, { now, earliest }: CaseContext): OcspbotError {
  const because =
    staple.kind === 'ahead'
      ? `of the installed response, ${staple.problem}`
      : now < earliest
        ? `this program was built at ${formatInstant(earliest)}`
        : `the certificate is valid from ${formatInstant(subject.certificate.notBefore)}`;
  return new OcspbotError(
    'clock-wrong',
    `the clock says ${formatInstant(now)}, which cannot be: ${because}`,
    {
      hint: `set the clock of this machine (timedatectl, chrony); nothing is judged until then${instead(staple)}`,
    },
  );
}

function instead({ kind }: Case['staple']): string {
  return kind === 'ahead' ? '; if it is right, --force replaces that response' : '';
}

function warningsOf({ staple, entry: { ocsp } }: Case): string[] {
  if (staple.kind === 'absent') return [];
  if (staple.kind === 'other') return [`"ocsp" names ${ocsp}, which is no staple: ${staple.problem}`];
  return [`${ocsp} is left over: if nothing needs it, take it out of the server's configuration`];
}

/** No OCSP URL has been no fault since CAs began to leave OCSP; with must-staple it is one (RFC 7633). */
function withoutResponder(open: Case, run: CaseContext): Outcome {
  const { certificate } = open.subject;
  if (isMustStaple(certificate)) {
    throw new OcspbotError('no-responder', 'the certificate is must-staple, but names no OCSP responder', {
      hint: 'set ocsp_responder_uri, or have the certificate issued again without must-staple',
    });
  }
  const [unknown] = run.issuerResponders.unknown;
  if (unknown !== undefined && open.entry.responder === undefined) {
    throw new OcspbotError(
      'no-responder',
      `the certificate names no OCSP responder, and "issuers: ${unknown}:" may, but cannot be read`,
      { hint: 'put the certificate of that issuer in its place; see: ocspbot validate' },
    );
  }
  const warnings = warningsOf(open);
  if (hasNoRevAvail(certificate)) {
    const message = 'noRevAvail: its CA publishes no revocation for it, and none is needed';
    return { ...facts(open, message, run, { warnings }), kind: 'not-applicable', reason: 'no-rev-avail' };
  }
  if (certificate.notAfter - certificate.notBefore <= LIMITS.shortLived) {
    const message = 'a short-lived certificate without an OCSP responder: none is needed';
    return { ...facts(open, message, run, { warnings }), kind: 'not-applicable', reason: 'short-lived' };
  }
  const message = 'the certificate names no OCSP responder: there is nothing to staple';
  return { ...facts(open, message, run, { warnings }), kind: 'not-applicable', reason: 'no-responder' };
}
