import {
  choiceFor,
  type IssuerResponders,
  loadIssuerResponders,
  namedUrls,
  type ResponderChoice,
} from '../client/responder-url.js';
import type { RequestUrgency, FetchRequest } from '../client/types.js';
import type { Configuration, Entry } from '../configuration/model.js';
import type { Question } from '../ocsp/verify/question.js';
import type { Outcome } from '../report/outcome.js';
import { decide, type Decision, type Trigger } from '../staple/decide.js';
import { type Schedule, scheduleOf, scheduleOfRestored } from '../staple/schedule.js';
import { type Objection, readStaple, responseAbout, type Staple } from '../staple/staple.js';
import { openRollbacks, type Rollbacks } from '../state/rollbacks.js';
import type { System } from '../system/system.js';
import type { Instant } from '../util/time.js';
import type { Certificate } from '../x509/certificate.js';
import { loadReadable } from '../x509/load.js';
import type { Subject } from '../x509/subject.js';
import { type KnownAuthority, knownAuthorities, respondersOf } from './authorities.js';
import { questionOf } from './question.js';

/** A certificate in a run, with the staple that is in place for it. */
export interface InspectedCertificate {
  readonly entry: Entry;
  readonly subject: Subject;
  /** The CA certificates whose responses are kept in the same file (`format: pem-chain`). */
  readonly authorities: readonly KnownAuthority[];
  readonly question: Question;
  readonly staple: Staple;
  readonly responders: ResponderChoice;
  /** True if a rollback has restored this staple. */
  readonly isRestored: boolean;
}

/** A certificate whose staple is not simply kept. */
export interface OpenCertificate {
  readonly certificate: InspectedCertificate;
  readonly decision: Exclude<Decision, { kind: 'keep' }>;
}

/** The result of a look at a certificate and its staple. */
export type FirstLook =
  { readonly kind: 'settled'; readonly outcome: Outcome } | ({ readonly kind: 'open' } & OpenCertificate);

/** The settings and the clock by which a certificate is inspected. */
export interface InspectionContext {
  readonly now: Instant;
  /** The time at which this program was built. A clock that is before it is wrong. */
  readonly earliest: Instant;
  readonly configuration: Configuration;
  readonly trustedResponders: readonly Certificate[];
  readonly issuerResponders: IssuerResponders;
  readonly system: Pick<System, 'files'>;
  readonly rollbacks: Pick<Rollbacks, 'has'>;
}

/** Opens what a look at certificates needs. It reads files only. */
export function openInspection(
  configuration: Configuration,
  moment: Pick<InspectionContext, 'now' | 'earliest'>,
  system: Pick<System, 'files'>,
): InspectionContext & { readonly rollbacks: Rollbacks } {
  return {
    ...moment,
    configuration,
    system,
    trustedResponders: loadReadable(configuration.trustedResponders, system.files),
    issuerResponders: loadIssuerResponders(configuration, system.files),
    rollbacks: openRollbacks(configuration, system),
  };
}

/** The settings and the clock by which a refresh is decided. */
export type DecisionContext = Pick<InspectionContext, 'issuerResponders' | 'now' | 'earliest'> & {
  readonly configuration: Pick<Configuration, 'thresholds'>;
};

/** Reads the staple in place and verifies it as strictly as a new response. */
export function inspect(entry: Entry, subject: Subject, context: InspectionContext): InspectedCertificate {
  const { trustedResponders } = context;
  const isChain = entry.format === 'pem-chain';
  const authorities = isChain ? knownAuthorities(subject, trustedResponders) : NO_AUTHORITIES;
  const above = isChain ? authorities.map(({ question }) => question) : undefined;
  const question = questionOf(subject, trustedResponders, above);
  const { policy } = context.configuration;
  const staple = readStaple(entry.ocsp, question, { policy, now: context.now }, context.system.files);
  const responders = choiceFor(entry, subject, context.issuerResponders);
  const isRestored = staple.kind === 'usable' && context.rollbacks.has(staple.response);
  return { entry, subject, authorities, question, staple, responders, isRestored };
}

const NO_AUTHORITIES: readonly KnownAuthority[] = [];

export function serverObjection({ staple }: Pick<InspectedCertificate, 'staple'>): Objection | undefined {
  return staple.kind === 'usable' ? staple.chain?.objection : undefined;
}

/** Says why a server takes nothing of a file with a good response; undefined if it does. */
export function objectionText(
  certificate: Pick<InspectedCertificate, 'staple' | 'entry'>,
): string | undefined {
  const objection = serverObjection(certificate);
  return objection && OBJECTIONS[objection === 'format' ? (certificate.entry.format ?? 'der') : objection];
}

const OBJECTIONS = {
  /** `der` and `pem-chain` are the forms that the server reads. */
  der: 'the staple in place is in PEM, and the server reads DER',
  'pem-chain': 'the staple in place is in DER, and "format: pem-chain" stands for PEM',
  'issuer-response':
    'the file in place also has a response that is not good for an issuer, so the server may take none of it',
} as const;

/** Returns the times of the staple in place; undefined if it is unusable. */
export function scheduleIn(
  { staple, subject, isRestored }: InspectedCertificate,
  { thresholds }: Pick<Configuration, 'thresholds'>,
): Schedule | undefined {
  if (staple.kind !== 'usable') return undefined;
  const schedule = isRestored ? scheduleOfRestored : scheduleOf;
  return schedule(staple.response, subject.certificate, thresholds);
}

export function decisionOf(
  certificate: Omit<InspectedCertificate, 'entry' | 'question'>,
  context: DecisionContext,
  trigger: Trigger,
): Decision {
  const { staple, subject, responders, isRestored } = certificate;
  const { configuration, now, earliest } = context;
  const { thresholds } = configuration;
  const hasResponder = namedUrls(responders).length > 0;
  const decision = decide({
    staple,
    isRestored,
    certificate: subject.certificate,
    thresholds,
    hasResponder,
    trigger,
    now,
    earliest,
  });
  const isDue = decision.kind === 'keep' && isIssuerResponseDue(certificate, context);
  return isDue ? { kind: 'refresh', reason: 'due', only: 'issuer-responses' } : decision;
}

/** Reports whether the responses about the CA certificates, or the form of the file, are to be renewed. */
function isIssuerResponseDue(
  { staple, authorities }: Pick<InspectedCertificate, 'staple' | 'authorities'>,
  { configuration: { thresholds }, issuerResponders, now }: DecisionContext,
): boolean {
  if (staple.kind !== 'usable' || staple.chain === undefined) return false;
  const always = { notBefore: 0, notAfter: Number.POSITIVE_INFINITY };
  const isDue = (authority: KnownAuthority) => {
    const response = responseAbout(authority.question, staple);
    if (response !== undefined) return now >= scheduleOf(response, always, thresholds).refreshAt;
    return namedUrls(respondersOf(authority, issuerResponders)).length > 0;
  };
  return staple.chain.objection !== undefined || authorities.some(isDue);
}

/** Makes the request for a new response, with its urgency. */
export function fetchRequestFor(
  certificate: InspectedCertificate,
  context: UrgencyContext,
  trigger: Trigger,
): FetchRequest {
  const { entry, question, responders, staple } = certificate;
  return {
    entry,
    question,
    responders,
    staple,
    urgency: requestUrgencyOf(certificate, context, trigger),
  };
}

type UrgencyContext = Pick<DecisionContext, 'configuration' | 'now'>;

function requestUrgencyOf(
  certificate: InspectedCertificate,
  { configuration, now }: UrgencyContext,
  trigger: Trigger,
): RequestUrgency {
  const criticalAt = scheduleIn(certificate, configuration)?.criticalAt;
  if (criticalAt === undefined || now >= criticalAt) return { kind: 'urgent' };
  return trigger === 'forced' ? { kind: 'forced' } : { kind: 'due', criticalAt };
}
