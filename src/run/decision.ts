import { namedUrls } from '../client/responder-url.js';
import type { FetchRequest, RequestUrgency } from '../client/types.js';
import type { Configuration } from '../configuration/model.js';
import type { Outcome } from '../report/outcome.js';
import { decide, type Decision, type Trigger } from '../staple/decide.js';
import { type Schedule, scheduleOf, scheduleOfRestored } from '../staple/schedule.js';
import { responseAbout } from '../staple/staple.js';
import { type KnownAuthority, respondersOf } from './authorities.js';
import type { InspectedCertificate, InspectionContext } from './inspect.js';

/** A certificate whose staple is not simply kept. */
export interface OpenCertificate {
  readonly certificate: InspectedCertificate;
  readonly decision: Exclude<Decision, { kind: 'keep' }>;
}

/** The result of a look at a certificate and its staple. */
export type FirstLook =
  { readonly kind: 'settled'; readonly outcome: Outcome } | ({ readonly kind: 'open' } & OpenCertificate);

/** The settings and the clock by which a refresh is decided. */
export type DecisionContext = Pick<InspectionContext, 'issuerResponders' | 'now' | 'earliest'> & {
  readonly configuration: Pick<Configuration, 'thresholds'>;
};

/** Returns the times of the staple in place; undefined if it is unusable. */
export function scheduleIn(
  { staple, subject, isRestored }: InspectedCertificate,
  { thresholds }: Pick<Configuration, 'thresholds'>,
): Schedule | undefined {
  if (staple.kind !== 'usable') return undefined;
  const schedule = isRestored ? scheduleOfRestored : scheduleOf;
  return schedule(staple.response, subject.certificate, thresholds);
}

/** Decides whether a staple is kept, refreshed or skipped. */
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
