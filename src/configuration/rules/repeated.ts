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
