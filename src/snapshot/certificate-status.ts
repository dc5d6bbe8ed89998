import type { WaitFor } from '../client/types.js';
import { type Entry, UNASSIGNED } from '../configuration/model.js';
import { retryTimeIn, type Urgency, urgencyOf } from '../report/outcome.js';
import type { Prepared } from '../run/entries.js';
import { type InspectedCertificate, type InspectionContext, inspect } from '../run/inspect.js';
import { type Prospect, prospectOf } from '../run/prospect.js';
import { describe, type OcspbotError, toOcspbotError } from '../util/errors.js';
import {
  identityOf,
  isRevoked,
  lastAttemptOf,
  lifeOf,
  type Records,
  type View,
} from './certificate-facts.js';
import { wordsFor } from './certificate-words.js';
import type { Action, CertificateStatus, StapleLife, State } from './snapshot.js';

/** A certificate that was looked at for a snapshot. */
export type Look =
  | { readonly kind: 'inspected'; readonly certificate: InspectedCertificate }
  /** Its files cannot be read. */
  | { readonly kind: 'broken'; readonly entry: Entry; readonly error: OcspbotError };

/** Looks at one certificate and its staple. Errors end here, as in a run. */
export function look(prepared: Prepared, context: InspectionContext): Look {
  const { entry } = prepared;
  if (prepared.kind === 'broken') return prepared;
  try {
    return { kind: 'inspected', certificate: inspect(entry, prepared.subject, context) };
  } catch (error) {
    return { kind: 'broken', entry, error: toOcspbotError(error) };
  }
}

/** Judges one certificate by what a run would do now. */
export function statusOf(
  seen: Look,
  records: Records & { readonly context: InspectionContext; readonly waitFor: WaitFor },
): CertificateStatus {
  if (seen.kind === 'broken') return withoutFiles(seen.entry, seen.error);
  const { certificate } = seen;
  try {
    return statusOfInspected(certificate, prospectOf(certificate, records.context, records.waitFor), records);
  } catch (error) {
    return withoutFiles(certificate.entry, toOcspbotError(error));
  }
}

function withoutFiles(entry: Entry, error: OcspbotError): CertificateStatus {
  return {
    name: entry.name,
    file: entry.ocsp,
    services: namedServices(entry),
    state: 'broken',
    urgency: 'person',
    action: { kind: 'fail', reason: error.code, next: undefined },
    message: describe(error),
    hint: error.hint,
    warnings: [],
    identity: undefined,
    staple: undefined,
    lastAttempt: undefined,
  };
}

function namedServices({ services }: Entry): string[] {
  return services.filter((service) => service !== UNASSIGNED);
}

/** Judges one certificate whose prospect is known. */
export function statusOfInspected(
  certificate: InspectedCertificate,
  prospect: Prospect,
  records: Records,
): CertificateStatus {
  const staple = lifeOf(certificate, records);
  const lastAttempt = lastAttemptOf(certificate, records.attempts);
  const view: View = { certificate, prospect, staple, lastAttempt, records };
  const state = stateOf(view);
  const urgency = urgencyIn(state, view);
  const { message, hint } = wordsFor(state, view);
  const { entry } = certificate;
  return {
    name: entry.name,
    file: entry.ocsp,
    services: namedServices(entry),
    state,
    urgency,
    action: actionOf(prospect, staple),
    message: message + sharingIn(certificate),
    hint,
    warnings: prospect.kind === 'settled' ? prospect.outcome.warnings : [],
    identity: identityOf(certificate),
    staple,
    lastAttempt,
  };
}

/** Names the certificates that share the file: a server that staples it needs a response that is good for all. */
function sharingIn({ subject: { partners = [] } }: InspectedCertificate): string {
  return partners.length === 0
    ? ''
    : `; it shares its file with ${partners.map(([name]) => name).join(', ')}`;
}

function stateOf({ certificate, prospect, staple, lastAttempt, records: { now } }: View): State {
  const outcome = prospect.kind === 'settled' ? prospect.outcome : undefined;
  if (isRevoked(certificate, lastAttempt) || lastAttempt?.issuer === 'revoked') return 'revoked';
  if (outcome?.reason === 'certificate-expired') return 'expired';
  if (outcome?.kind === 'not-applicable') return 'not-applicable';
  if (staple === undefined) return 'missing';
  if (now >= staple.criticalAt) return 'critical';
  if (outcome === undefined) return 'due';
  if (outcome.reason === 'waiting') return 'waiting';
  return outcome.kind === 'unchanged' ? 'fresh' : 'blocked';
}

/** Returns the urgency of a state. Where a run would settle it now, the urgency is that of the run. */
function urgencyIn(state: State, { prospect, lastAttempt }: View): Urgency {
  switch (state) {
    case 'revoked':
    case 'expired':
    case 'broken':
    case 'missing':
    case 'critical':
      return 'person';
    case 'due':
      return lastAttempt?.isFailure === true ? 'warning' : 'none';
    default:
      return prospect.kind === 'settled' ? urgencyOf(prospect.outcome, false) : 'none';
  }
}

function actionOf(prospect: Prospect, staple: StapleLife | undefined): Action {
  if (prospect.kind === 'asks') return { kind: 'fetch', reason: prospect.reason, next: undefined };
  if (prospect.kind === 'rewrites') return { kind: 'rewrite', reason: prospect.reason, next: undefined };
  const { kind, reason } = prospect.outcome;
  if (kind === 'not-applicable') return { kind: 'nothing', reason, next: undefined };
  if (reason === 'waiting') return { kind: 'wait', reason, next: retryTimeIn(prospect.outcome) };
  if (kind === 'unchanged') return { kind: 'keep', reason, next: staple?.refreshAt };
  return { kind: 'fail', reason, next: undefined };
}
