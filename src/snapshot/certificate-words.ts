import { revokedIssuer } from '../run/authorities.js';
import type { InspectedCertificate } from '../run/inspect.js';
import { objectionText } from '../run/objection.js';
import { formatDuration, formatInstant, type Instant } from '../util/time.js';
import { isRevoked, type View } from './certificate-facts.js';
import type { CertificateStatus, StapleLife, State } from './snapshot.js';

const RUN_HINT = 'run ocspbot: the next run asks the responder';
const AGAIN_HINT = 'the next run tries again; to see why it fails, run ocspbot with --only and this name';

type Words = Pick<CertificateStatus, 'message' | 'hint'>;

const REVOKED: Words = { message: 'the certificate is revoked', hint: 'have the certificate issued again' };

/** Says how a certificate is, and what to do. */
export function wordsFor(
  state: State,
  { certificate, prospect, staple, lastAttempt, records: { now } }: View,
): Words {
  if (state === 'revoked') return isRevoked(certificate, lastAttempt) ? REVOKED : revokedIssuer('an issuer');
  const objection = state === 'missing' ? objectionText(certificate) : undefined;
  if (objection !== undefined) return { message: objection, hint: REWRITE_HINT };
  if (prospect.kind === 'settled') return { message: prospect.outcome.message, hint: prospect.outcome.hint };
  const failed = lastAttempt?.isFailure === true ? `; the last attempt failed (${lastAttempt.reason})` : '';
  const found = staple === undefined ? problemIn(certificate) : leftOf(staple, now);
  const hint = failed === '' ? RUN_HINT : AGAIN_HINT;
  return { message: found + failed, hint: state === 'due' ? undefined : hint };
}

const REWRITE_HINT = 'run ocspbot: the next run rewrites it';

function leftOf({ usefulUntil }: StapleLife, now: Instant): string {
  return `the staple in place is good until ${formatInstant(usefulUntil)} (${formatDuration(usefulUntil - now)})`;
}

function problemIn({ staple }: InspectedCertificate): string {
  return 'problem' in staple ? `the staple in place is unusable: ${staple.problem}` : 'there is no staple';
}
