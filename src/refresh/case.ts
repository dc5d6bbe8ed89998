import type { Subject } from '../certificates/subject.js';
import type { Configuration, Entry } from '../configuration/model.js';
import { decide, type Decision, type Occasion } from '../decision/decide.js';
import { scheduleOf, scheduleOfPutBack, type Schedule } from '../decision/schedule.js';
import type { PutBack } from '../installation/put-back.js';
import { readStaple, type Staple } from '../staple/staple.js';
import type { System } from '../system/system.js';
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
  /** An administrator has put this staple back. */
  readonly isPutBack: boolean;
}

/** By what a certificate is looked at. */
export interface CaseContext
  extends Pick<RunContext, 'configuration' | 'trustedResponders' | 'issuerResponders'>, Moment {
  readonly system: Pick<System, 'files'>;
  readonly putBack: Pick<PutBack, 'has'>;
}

/** Reads and judges the staple. */
export function openCase(entry: Entry, subject: Subject, context: CaseContext): Case {
  const { serialNumber, notAfter: certificateEnd } = subject.certificate;
  const { issuer, path } = subject;
  const { trustedResponders } = context;
  const question = { serialNumber, certificateEnd, issuer, path, trustedResponders };
  const { policy } = context.configuration;
  const staple = readStaple(entry.ocsp, question, { policy, now: context.now }, context.system.files);
  const responders = choiceFor(entry, subject, context.issuerResponders);
  const isPutBack = staple.kind === 'usable' && context.putBack.has(staple.response);
  return { entry, subject, question, staple, responders, isPutBack };
}

/** The life of the staple in place; undefined where it is of no use. */
export function scheduleIn(
  { staple, subject, isPutBack }: Case,
  { thresholds }: Pick<Configuration, 'thresholds'>,
): Schedule | undefined {
  if (staple.kind !== 'usable') return undefined;
  const schedule = isPutBack ? scheduleOfPutBack : scheduleOf;
  return schedule(staple.response, subject.certificate, thresholds);
}

export function decisionOf(
  { staple, subject, responders, isPutBack }: Case,
  context: CaseContext,
  occasion: Occasion,
): Decision {
  const { configuration, now, earliest } = context;
  const { thresholds } = configuration;
  const hasResponder = namedUrls(responders).length > 0;
  return decide({
    staple,
    isPutBack,
    certificate: subject.certificate,
    thresholds,
    hasResponder,
    occasion,
    now,
    earliest,
  });
}
