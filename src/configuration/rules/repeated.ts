import type { Candidate } from '../candidates.js';

/** Each candidate whose key an earlier one has, after the first one that has it. */
export function repeated(
  candidates: readonly Candidate[],
  keyOf: (candidate: Candidate) => string,
): (readonly [first: Candidate, later: Candidate])[] {
  const known = new Map<string, Candidate>();
  return candidates.flatMap((candidate) => {
    const key = keyOf(candidate);
    const first = known.get(key);
    if (first !== undefined) return [[first, candidate] as const];
    known.set(key, candidate);
    return [];
  });
}

/** Two that exclude each other: the one that gives way is the later one, or the one that was merely found. */
export function givingWay(first: Candidate, later: Candidate): readonly [stays: Candidate, gives: Candidate] {
  const isFirst = first.origin === 'found' && later.origin === 'listed';
  return isFirst ? [later, first] : [first, later];
}
