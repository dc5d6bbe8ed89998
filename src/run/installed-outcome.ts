import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import type { Outcome } from '../report/outcome.js';
import { servingWarnings } from '../services/ignored-responses.js';
import type { RefreshReason } from '../staple/decide.js';
import { lifetimeWarnings, scheduleOf } from '../staple/schedule.js';
import { equalBytes } from '../util/bytes.js';
import type { InspectedCertificate } from './inspect.js';
import { serverObjection } from './objection.js';
import { type Extra, goodUntil, timesOf, facts } from './outcome-facts.js';
import { rolledBack } from './rollback-outcome.js';
import type { OutcomeContext } from './types.js';

/** Tells that a response was installed. */
export function installed(
  certificate: InspectedCertificate,
  reason: RefreshReason,
  { response, ...extra }: { readonly response: VerifiedResponse } & Required<Extra>,
  run: OutcomeContext,
): Outcome {
  const { services, thresholds } = run.configuration;
  const warnings = [
    ...extra.warnings,
    ...servingWarnings(response, certificate.entry, services),
    ...lifetimeWarnings(response, thresholds),
  ];
  const known = { ...extra, warnings };
  if (reason === 'rolled-back') return rolledBack(certificate, response, run, known);
  const schedule = scheduleOf(response, certificate.subject.certificate, thresholds);
  const cause = isInPlace(response, certificate)
    ? causeOfRewriting(certificate)
    : causeOf(certificate, reason);
  const message = `${cause}; ${goodUntil(schedule.end, run)}`;
  const staple = timesOf(response, schedule);
  return { kind: 'updated', reason, ...facts(certificate, message, run, known), staple };
}

/** Says why a file was replaced that has the same response about the certificate as before. */
function causeOfRewriting(certificate: InspectedCertificate): string {
  return serverObjection(certificate) === 'format'
    ? 'the old one was in the other format'
    : 'the responses about its issuers were renewed';
}

function isInPlace({ der }: VerifiedResponse, { staple }: InspectedCertificate): boolean {
  return staple.kind === 'usable' && equalBytes(staple.response.der, der);
}

/** Says why the staple was replaced. */
function causeOf({ staple }: InspectedCertificate, reason: Exclude<RefreshReason, 'rolled-back'>): string {
  const problem = 'problem' in staple ? staple.problem : '';
  switch (reason) {
    case 'absent':
      return 'there was none';
    case 'unreadable':
      return `the old one could not be read: ${problem}`;
    case 'foreign':
      return `the old one was for another certificate: ${problem}`;
    case 'unusable':
      return `the old one was unusable: ${problem}`;
    case 'due':
      return 'the old one was due';
    case 'forced':
      return 'forced';
    case 'given':
      return 'the given one is newer';
  }
}
