import type { BrokenKey } from './broken-key.js';
import { ellipticKeys } from './elliptic.js';
import { mutatedKeys } from './mutated.js';
import { edwardsKeys, hugeKeys, multiplicativeKeys, unknownKeys } from './other.js';
import { rsaKeys } from './rsa.js';

/** Every broken key: of every kind, by every rule, and sound ones with octets changed. */
export function* brokenKeys(mutationsOfEachKind: number): Generator<BrokenKey> {
  yield* ellipticKeys();
  yield* rsaKeys();
  yield* edwardsKeys();
  yield* multiplicativeKeys();
  yield* unknownKeys();
  yield* hugeKeys();
  yield* mutatedKeys(mutationsOfEachKind);
}
