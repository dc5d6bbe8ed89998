import type { Subject } from '../certificates/subject.js';
import type { Configuration, Entry } from '../configuration/model.js';
import { decide, type Decision, type Occasion } from '../decision/decide.js';
import { scheduleOf } from '../decision/schedule.js';
import { readStaple, type Staple } from '../staple/staple.js';
import type { System } from '../system/system.js';
import type { Instant } from '../time/instant.js';
import { namedUrls, type ResponderChoice } from '../transport/responder.js';
import type { Question } from '../verification/question.js';
import { choiceFor } from './responder-rules.js';
import type { Moment, RunContext } from './run-context.js';

/** One certificate in a run: what it is, and what lies where the server staples from. */
export interface Case {
  readonly entry: Entry;
  readonly subject: Subject;
  readonly question: Question;
  readonly staple: Staple;
  readonly responders: ResponderChoice;
}

/** By what a certificate is looked at. */
export interface CaseContext
  extends Pick<RunContext, 'configuration' | 'trustedResponders' | 'issuerResponders'>, Moment {
  readonly system: Pick<System, 'files'>;
}

/** Reads and judges the staple. */
export function openCase(entry: Entry, subject: Subject, context: CaseContext): Case {
  const { serialNumber } = subject.certificate;
  const question = { serialNumber, issuer: subject.issuer, trustedResponders: context.trustedResponders };
  const { policy } = context.configuration;
  const staple = readStaple(entry.ocsp, question, { policy, now: context.now }, context.system.files);
  const responders = choiceFor(entry, subject, context.issuerResponders);
  return { entry, subject, question, staple, responders };
}

export function decisionOf(
  { staple, subject, responders }: Case,
  context: CaseContext,
  occasion: Occasion,
): Decision {
  const { configuration, now, earliest } = context;
  const { thresholds } = configuration;
  const hasResponder = namedUrls(responders).length > 0;
  return decide({
    staple,
    certificate: subject.certificate,
    thresholds,
    hasResponder,
    occasion,
    now,
    earliest,
  });
}

/** From when on a person must know if no new staple is to be had; undefined where there is no usable one. */
export function criticalFrom(
  { staple, subject }: Case,
  { thresholds }: Pick<Configuration, 'thresholds'>,
): Instant | undefined {
  if (staple.kind !== 'usable') return undefined;
  return scheduleOf(staple.response, subject.certificate, thresholds).criticalAt;
}
