import { byExtent, type Extent, SEED } from '../../../support/campaign.js';
import type { BrokenKey } from './broken-key.js';
import { ellipticKeys } from './elliptic.js';
import { mutatedKeys } from './mutated.js';
import { edwardsKeys, hugeKeys, multiplicativeKeys, unknownKeys } from './other.js';
import { rsaKeys } from './rsa.js';

/** Each has been the death of a Node.js. */
export const NOTORIOUS = ['prime256v1, point at infinity', 'DSA, p of 1024 bits, q of 160 bits, y -1'];

/** Returns the notorious ones, and one of every so many; another one with another OCSPBOT_SEED. */
export function keysToTry(
  mutations: Readonly<Record<Extent, number>>,
  every: Readonly<Record<Extent, number>>,
): BrokenKey[] {
  const all = [...brokenKeys(byExtent(mutations))];
  return all.filter(({ name }, at) => NOTORIOUS.includes(name) || (at + SEED) % byExtent(every) === 0);
}

/** Every broken key: of every kind, by every rule, and sound ones with octets changed. */
function* brokenKeys(mutationsOfEachKind: number): Generator<BrokenKey> {
  yield* ellipticKeys();
  yield* rsaKeys();
  yield* edwardsKeys();
  yield* multiplicativeKeys();
  yield* unknownKeys();
  yield* hugeKeys();
  yield* mutatedKeys(mutationsOfEachKind);
}
