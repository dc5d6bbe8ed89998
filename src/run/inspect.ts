import { choiceFor, namedUrls, type ResponderChoice } from '../client/responder-url.js';
import type { Need, Wanted } from '../client/types.js';
import type { Configuration, Entry } from '../configuration/model.js';
import type { Question } from '../ocsp/verify/question.js';
import { decide, type Decision, type Occasion } from '../staple/decide.js';
import { type Schedule, scheduleOf, scheduleOfPutBack } from '../staple/schedule.js';
import { readStaple, type Staple } from '../staple/staple.js';
import type { PutBack } from '../state/rollbacks.js';
import type { System } from '../system/system.js';
import type { Instant } from '../util/time.js';
import type { Subject } from '../x509/load.js';
import type { Moment, RunContext } from './types.js';

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

interface Circumstances {
  readonly configuration: Pick<Configuration, 'thresholds'>;
  readonly now: Instant;
}

/** What is to be asked about a certificate, and how much that matters. */
export function wantedFor(open: Case, circumstances: Circumstances, isForced: boolean): Wanted {
  const { entry, question, responders, staple } = open;
  return { entry, question, responders, staple, need: needOf(open, circumstances, isForced) };
}

function needOf(open: Case, { configuration, now }: Circumstances, isForced: boolean): Need {
  const criticalAt = scheduleIn(open, configuration)?.criticalAt;
  if (criticalAt === undefined || now >= criticalAt) return { kind: 'urgent' };
  return isForced ? { kind: 'forced' } : { kind: 'due', criticalAt };
}
