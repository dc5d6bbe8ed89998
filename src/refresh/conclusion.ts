import type { Instant } from '../time/instant.js';
import type { Reply } from '../transport/ask.js';
import type { Attempt } from '../transport/attempt.js';
import { causeOf, type Cause } from '../transport/causes.js';
import type { Try } from '../transport/plan.js';
import { retryAfter } from '../transport/retry-after.js';
import type { Asked } from '../verification/question.js';
import type { Judge, Judgement, Need, Origin } from './source.js';

/** What an attempt has come to. */
export interface Conclusion extends Try {
  readonly reply: Reply;
  readonly judgement: Judgement;
  readonly origin: Origin;
}

/** A reply, and what was asked. */
export interface Replied {
  readonly reply: Reply;
  readonly asked: Asked;
}

export function conclude(
  attempt: Attempt,
  { reply, asked }: Replied,
  need: Need,
  judge: Judge,
  now: Instant,
): Conclusion {
  const origin = { responder: attempt.responder.href };
  if (reply.kind === 'failed') {
    const { error, cause, retryAfter } = reply;
    return { attempt, reply, judgement: { kind: 'refused', error }, origin, cause, retryAfter };
  }
  const judgement = judgeReply(reply, origin, asked, judge);
  const cause = causeIn(judgement, need);
  return { attempt, reply, judgement, origin, cause, retryAfter: retryAfter(reply, now) };
}

function judgeReply(
  reply: Exclude<Reply, { kind: 'failed' }>,
  origin: Origin,
  asked: Asked,
  judge: Judge,
): Judgement {
  if (reply.kind === 'not-modified') return { kind: 'not-newer', reason: 'same-response' };
  return judge({ body: reply.body, origin, asked });
}

/** Where time runs short, an answer with nothing new in it may be that of a cache. */
function causeIn(judgement: Judgement, need: Need): Cause {
  switch (judgement.kind) {
    case 'good':
      return 'final';
    case 'not-newer':
      return need.kind === 'urgent' ? 'stale' : 'final';
    case 'refused':
      return causeOf(judgement.error);
  }
}
