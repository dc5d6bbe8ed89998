import type { Circumstances } from '../verification/question.js';
import type { Question } from '../verification/question.js';
import { verify } from '../verification/verify.js';
import type { Given } from './given.js';

/**
 * Chooses the newest genuine one among several responses for one certificate, also when it says revoked; where none
 * is, the first, so that its fault is told. Folders of staples have old ones in them: backups, for example.
 */
export function chooseGiven(
  candidates: readonly Given[],
  question: Question,
  circumstances: Pick<Circumstances, 'policy' | 'now'>,
): Given {
  const [first] = candidates;
  if (first === undefined) throw new TypeError('nothing was given to choose from');
  if (candidates.length === 1) return first;
  const genuine = candidates.flatMap((given) => {
    const { kind, window } = verify(given.bytes, question, circumstances);
    return (kind === 'good' || kind === 'revoked') && window !== undefined
      ? [{ ...window, given, kind }]
      : [];
  });
  const [newest] = genuine.sort(
    (a, b) =>
      b.thisUpdate - a.thisUpdate ||
      Number(b.kind === 'revoked') - Number(a.kind === 'revoked') ||
      (b.nextUpdate ?? 0) - (a.nextUpdate ?? 0),
  );
  return newest?.given ?? first;
}
