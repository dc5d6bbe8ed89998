import { choiceFor, NO_RESPONDER_HINT } from '../client/responder-url.js';
import type { StapleSource } from '../client/types.js';
import type { Configuration, Entry } from '../configuration/model.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import { OcspbotError } from '../util/errors.js';
import type { Certificate } from '../x509/certificate.js';
import type { Subject } from '../x509/subject.js';
import { type DecisionContext, decisionOf } from './decision.js';
import type { InspectedCertificate } from './inspect.js';
import { questionOf } from './question.js';
import { verifyAnswer } from './verify-answer.js';
import { skip } from './skip.js';

interface FetchContext extends DecisionContext {
  readonly configuration: Pick<Configuration, 'policy' | 'thresholds'>;
  readonly trustedResponders: readonly Certificate[];
}

/**
 * Fetches and verifies a response as a run does for a certificate without a staple, and installs nothing. Throws an
 * OcspbotError if there is no good one.
 */
export async function fetchOne(
  entry: Entry,
  subject: Subject,
  source: StapleSource,
  context: FetchContext,
): Promise<VerifiedResponse> {
  const question = questionOf(subject, context.trustedResponders);
  const responders = choiceFor(entry, subject, context.issuerResponders);
  const staple = { kind: 'absent' } as const;
  const certificate: InspectedCertificate = {
    entry,
    subject,
    authorities: [],
    question,
    staple,
    responders,
    isRestored: false,
  };
  const decision = decisionOf(certificate, context, 'forced');
  if (decision.kind === 'skip')
    throw new OcspbotError('no-responder', skip(certificate, decision.reason, context).message, {
      hint: NO_RESPONDER_HINT,
    });
  const terms = { ...context, mayBeOlder: true, forgiven: [] };
  const fetched = await source.fetch(
    { entry, question, responders, staple, urgency: { kind: 'urgent' } },
    (answer) => verifyAnswer(certificate, answer, terms),
    () => undefined,
  );
  if (fetched.kind === 'refused') throw fetched.error;
  if (fetched.kind !== 'good') throw new TypeError(`a fetch without a staple ended as ${fetched.kind}`);
  return fetched.response;
}
