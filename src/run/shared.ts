import type { Answer, Fetched, StapleSource } from '../client/types.js';
import type { SharedFile } from '../configuration/model.js';
import type { Outcome } from '../report/outcome.js';
import { inspect } from './inspect.js';
import type { OpenCertificate } from './decision.js';
import { installedTimes } from './outcome-facts.js';
import { atPresent } from './present.js';
import type { RunContext } from './types.js';

type Refresh = (open: OpenCertificate, run: RunContext) => Promise<Outcome>;

/**
 * Returns how each certificate of a run is refreshed. For certificates that share a file the response is asked for and
 * installed once, for the first of them that is reached. Each gets an outcome of its own.
 */
export function withSharedFiles(
  run: RunContext,
  refresh: Refresh,
): (one: OpenCertificate) => Promise<Outcome> {
  const firsts = new Map<SharedFile, { readonly outcome: Promise<Outcome>; readonly replay: StapleSource }>();
  return async (one) => {
    const { name, ocsp: file, shared } = one.certificate.entry;
    if (shared === undefined) return await refresh(one, run);
    const first = firsts.get(shared);
    if (first === undefined) {
      const { record, replay } = recordingOf(run.source);
      const outcome = refresh(one, { ...run, source: record });
      firsts.set(shared, { outcome, replay });
      return await outcome;
    }
    const outcome = await first.outcome;
    if (outcome.kind === 'updated') {
      // The response may have other times for this certificate.
      const present = atPresent(run);
      const staple = installedTimes(
        inspect(one.certificate.entry, one.certificate.subject, present),
        present,
      );
      return { ...outcome, name, file, staple, warnings: [], exchanges: [] };
    }
    return await refresh(one, { ...run, source: first.replay });
  };
}

interface Recording {
  readonly record: StapleSource;
  /** Gives the recorded answers again, without asking anybody: each certificate judges them for itself. */
  readonly replay: StapleSource;
}

function recordingOf(source: StapleSource): Recording {
  let last: { answer: Answer | undefined; fetched: Fetched } | undefined;
  return {
    record: {
      ...source,
      fetch: async (request, verifyAnswer, observe) => {
        let answer: Answer | undefined;
        const fetched = await source.fetch(
          request,
          (one) => {
            // The examination is that of the first certificate.
            answer = { ...one, examination: undefined };
            return verifyAnswer(one);
          },
          observe,
        );
        last = { answer, fetched };
        return fetched;
      },
    },
    replay: {
      ...source,
      fetch: async (request, verifyAnswer, observe) => {
        if (last === undefined) return await source.fetch(request, verifyAnswer, observe);
        const { answer, fetched } = last;
        return answer === undefined ? fetched : ({ ...fetched, ...verifyAnswer(answer) } as Fetched);
      },
    },
  };
}
