import type { Configuration } from '../configuration/model.js';
import type { Instant } from '../time/instant.js';
import { scheduleIn, type Case } from './case.js';
import type { Need, Wanted } from './source.js';

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
