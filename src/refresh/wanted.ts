import type { Configuration } from '../configuration/model.js';
import type { Instant } from '../time/instant.js';
import { criticalFrom, type Case } from './case.js';
import type { Need, Wanted } from './source.js';

interface Circumstances {
  readonly configuration: Pick<Configuration, 'thresholds'>;
  readonly now: Instant;
}

/** What is to be asked about a certificate, and how much that matters. */
export function wantedFor(open: Case, circumstances: Circumstances, isForced: boolean): Wanted {
  const { entry, question, responders, staple } = open;
  const installed = staple.kind === 'usable' ? staple.response : undefined;
  return { entry, question, responders, installed, need: needOf(open, circumstances, isForced) };
}

function needOf(open: Case, { configuration, now }: Circumstances, isForced: boolean): Need {
  const criticalAt = criticalFrom(open, configuration);
  if (criticalAt === undefined || now >= criticalAt) return { kind: 'urgent' };
  return isForced ? { kind: 'forced' } : { kind: 'due', criticalAt };
}
