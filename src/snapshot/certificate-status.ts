import { namedUrls } from '../client/responder-url.js';
import type { WaitFor } from '../client/types.js';
import { type Configuration, type Entry, UNASSIGNED } from '../configuration/model.js';
import { retryTimeIn, type Urgency, urgencyOf } from '../report/outcome.js';
import { revokedIssuer } from '../run/authorities.js';
import type { Prepared } from '../run/entries.js';
import { type InspectedCertificate, type InspectionContext, inspect } from '../run/inspect.js';
import { objectionText, serverObjection } from '../run/objection.js';
import { scheduleIn } from '../run/decision.js';
import { type Prospect, prospectOf } from '../run/prospect.js';
import type { Attempt, Attempts } from '../state/attempts.js';
import { toHex } from '../util/bytes.js';
import { describe, type OcspbotError, toOcspbotError } from '../util/errors.js';
import { formatDuration, formatInstant, type Instant } from '../util/time.js';
import { isMustStaple } from '../x509/extensions.js';
import { keyName } from '../x509/key-name.js';
import { commonName } from '../x509/name.js';
import type { CertificateStatus, Identity, LastAttempt, Action, StapleLife, State } from './snapshot.js';

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

/** The records and the settings by which certificates are judged. */
export interface Records {
  readonly configuration: Pick<Configuration, 'thresholds'>;
  readonly now: Instant;
  readonly attempts: Pick<Attempts, 'certificates'>;
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

/** The facts of a certificate before it is judged. */
interface View {
  readonly certificate: InspectedCertificate;
  readonly prospect: Prospect;
  readonly staple: StapleLife | undefined;
  readonly lastAttempt: LastAttempt | undefined;
  readonly records: Records;
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

function isRevoked({ staple }: InspectedCertificate, lastAttempt: LastAttempt | undefined): boolean {
  const saysSo = staple.kind === 'unusable' && staple.code === 'certificate-revoked';
  return saysSo || lastAttempt?.outcome === 'revoked';
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

const RUN_HINT = 'run ocspbot: the next run asks the responder';
const AGAIN_HINT = 'the next run tries again; to see why it fails, run ocspbot with --only and this name';

type Words = Pick<CertificateStatus, 'message' | 'hint'>;

const REVOKED: Words = { message: 'the certificate is revoked', hint: 'have the certificate issued again' };

function wordsFor(
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

function lifeOf(certificate: InspectedCertificate, { configuration }: Records): StapleLife | undefined {
  const schedule = scheduleIn(certificate, configuration);
  if (certificate.staple.kind !== 'usable' || schedule === undefined) return undefined;
  if (serverObjection(certificate) !== undefined) return undefined;
  const { thisUpdate, nextUpdate } = certificate.staple.response;
  return {
    thisUpdate,
    nextUpdate,
    from: Math.max(thisUpdate, certificate.subject.certificate.notBefore),
    usefulUntil: schedule.end,
    refreshAt: schedule.refreshAt,
    criticalAt: schedule.criticalAt,
    isRestored: certificate.isRestored,
  };
}

function identityOf({ subject: { certificate, issuer }, responders }: InspectedCertificate): Identity {
  return {
    serial: toHex(certificate.serialNumber),
    notAfter: certificate.notAfter,
    issuer: commonName(issuer.subject).replace(/^"(.*)"$/s, '$1'),
    responder: namedUrls(responders)[0],
    isMustStaple: isMustStaple(certificate),
    key: keyName(certificate),
  };
}

function lastAttemptOf(
  { entry, subject }: InspectedCertificate,
  { certificates }: Records['attempts'],
): LastAttempt | undefined {
  const known = certificates.get(entry.name);
  const isIt = known?.serial === toHex(subject.certificate.serialNumber);
  return isIt ? { ...known, isFailure: isFailedAttempt(known) } : undefined;
}

function isFailedAttempt({ outcome }: Attempt): boolean {
  return outcome !== 'updated' && outcome !== 'unchanged';
}
