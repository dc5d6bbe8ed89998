import { choiceFor, namedUrls, type ResponderChoice } from '../client/responder-url.js';
import type { Urgency, FetchRequest } from '../client/types.js';
import type { Configuration, Entry } from '../configuration/model.js';
import type { Question } from '../ocsp/verify/question.js';
import { decide, type Decision, type Trigger } from '../staple/decide.js';
import { type Schedule, scheduleOf, scheduleOfRestored } from '../staple/schedule.js';
import { readStaple, type Staple } from '../staple/staple.js';
import type { Rollbacks } from '../state/rollbacks.js';
import type { System } from '../system/system.js';
import type { Instant } from '../util/time.js';
import type { Subject } from '../x509/load.js';
import type { Clock, RunContext } from './types.js';

/** One certificate in a run: what it is, and what lies where the server staples from. */
export interface InspectedCertificate {
  readonly entry: Entry;
  readonly subject: Subject;
  readonly question: Question;
  readonly staple: Staple;
  readonly responders: ResponderChoice;
  /** An administrator has put this staple back. */
  readonly isRestored: boolean;
}

/** By what a certificate is looked at. */
export interface InspectionContext
  extends Pick<RunContext, 'configuration' | 'trustedResponders' | 'issuerResponders'>, Clock {
  readonly system: Pick<System, 'files'>;
  readonly rollbacks: Pick<Rollbacks, 'has'>;
}

/** Reads and judges the staple. */
export function inspect(entry: Entry, subject: Subject, context: InspectionContext): InspectedCertificate {
  const { serialNumber, notAfter: certificateEnd } = subject.certificate;
  const { issuer, path } = subject;
  const { trustedResponders } = context;
  const question = { serialNumber, certificateEnd, issuer, path, trustedResponders };
  const { policy } = context.configuration;
  const staple = readStaple(entry.ocsp, question, { policy, now: context.now }, context.system.files);
  const responders = choiceFor(entry, subject, context.issuerResponders);
  const isRestored = staple.kind === 'usable' && context.rollbacks.has(staple.response);
  return { entry, subject, question, staple, responders, isRestored };
}

/** The life of the staple in place; undefined where it is of no use. */
export function scheduleIn(
  { staple, subject, isRestored }: InspectedCertificate,
  { thresholds }: Pick<Configuration, 'thresholds'>,
): Schedule | undefined {
  if (staple.kind !== 'usable') return undefined;
  const schedule = isRestored ? scheduleOfRestored : scheduleOf;
  return schedule(staple.response, subject.certificate, thresholds);
}

export function decisionOf(
  { staple, subject, responders, isRestored }: InspectedCertificate,
  context: InspectionContext,
  occasion: Trigger,
): Decision {
  const { configuration, now, earliest } = context;
  const { thresholds } = configuration;
  const hasResponder = namedUrls(responders).length > 0;
  return decide({
    staple,
    isRestored,
    certificate: subject.certificate,
    thresholds,
    hasResponder,
    occasion,
    now,
    earliest,
  });
}

interface Circumstances {
  readonly configuration: Pick<Configuration, 'thresholds'>;
  readonly now: Instant;
}

/** What is to be asked about a certificate, and how much that matters. */
export function fetchRequestFor(
  open: InspectedCertificate,
  circumstances: Circumstances,
  isForced: boolean,
): FetchRequest {
  const { entry, question, responders, staple } = open;
  return { entry, question, responders, staple, urgency: needOf(open, circumstances, isForced) };
}

function needOf(
  open: InspectedCertificate,
  { configuration, now }: Circumstances,
  isForced: boolean,
): Urgency {
  const criticalAt = scheduleIn(open, configuration)?.criticalAt;
  if (criticalAt === undefined || now >= criticalAt) return { kind: 'urgent' };
  return isForced ? { kind: 'forced' } : { kind: 'due', criticalAt };
}
