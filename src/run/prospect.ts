import type { WaitFor } from '../client/types.js';
import type { Outcome } from '../report/outcome.js';
import type { RefreshReason } from '../staple/decide.js';
import type { Objection } from '../staple/staple.js';
import { toOcspbotError } from '../util/errors.js';
import { assertOneIssuer } from './authorities.js';
import { decisionOf, fetchRequestFor } from './decision.js';
import { serverObjection } from './objection.js';
import type { InspectedCertificate, InspectionContext } from './inspect.js';
import { notFetched, notRefreshed, unchanged } from './outcome.js';
import { skip } from './skip.js';

/** The work of a run with one certificate, as far as it is known before a responder is asked. */
export type Prospect =
  /** No request is sent, so the outcome is known. */
  | { readonly kind: 'settled'; readonly outcome: Outcome }
  | { readonly kind: 'asks'; readonly reason: RefreshReason }
  /** The response in place is written again in a form that its server accepts. No responder is asked about it. */
  | { readonly kind: 'rewrites'; readonly reason: Objection };

/** Finds out what a run would do about a certificate now, by the decisions and the words of a run. */
export function prospectOf(
  certificate: InspectedCertificate,
  context: InspectionContext,
  waitFor: WaitFor,
): Prospect {
  const { now, configuration } = context;
  const run = { now, configuration, source: { kind: 'responders' } } as const;
  try {
    const decision = decisionOf(certificate, context, 'due');
    if (decision.kind === 'skip') return settled(skip(certificate, decision.reason, context));
    if (decision.kind === 'keep' || decision.only === 'issuer-responses') {
      const reason = serverObjection(certificate);
      return reason === undefined
        ? settled(unchanged(certificate, 'fresh', run))
        : { kind: 'rewrites', reason };
    }
    assertOneIssuer(certificate.question);
    const waiting = waitFor(fetchRequestFor(certificate, context, 'due'));
    if (waiting !== undefined) return settled(notFetched(certificate, waiting, run));
    return { kind: 'asks', reason: decision.reason };
  } catch (error) {
    return settled(notRefreshed(certificate, toOcspbotError(error), run));
  }
}

function settled(outcome: Outcome): Prospect {
  return { kind: 'settled', outcome };
}
