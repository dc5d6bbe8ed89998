import type { Circumstances, Question } from '../verification/question.js';
import { verify, type Examination } from '../verification/verify.js';
import type { Given } from './given.js';

/**
 * Chooses the newest genuine one among several responses for one certificate, also when it says revoked; where none
 * is, the first, so that its fault is told. Folders of staples have old ones in them: backups, for example.
 */
export function chooseGiven(
  candidates: readonly Given[],
  question: Question,
  circumstances: Pick<Circumstances, 'policy' | 'now'>,
): Examined {
  const examined = candidates.map((given) => {
    return { ...given, examination: verify(given.bytes, question, circumstances) };
  });
  const [newest = examined[0]] = examined.filter(isGenuine).toSorted(newestFirst);
  if (newest === undefined) throw new TypeError('nothing was given to choose from');
  return newest;
}

interface Examined extends Given {
  readonly examination: Examination;
}

function isGenuine({ examination: { kind } }: Examined): boolean {
  return kind === 'good' || kind === 'revoked';
}

function newestFirst({ examination: one }: Examined, { examination: other }: Examined): number {
  return (
    (other.window?.thisUpdate ?? 0) - (one.window?.thisUpdate ?? 0) ||
    Number(other.kind === 'revoked') - Number(one.kind === 'revoked') ||
    (other.window?.nextUpdate ?? 0) - (one.window?.nextUpdate ?? 0)
  );
}
