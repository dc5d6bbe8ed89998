import { SEED } from '../../../support/campaign.js';
import type { Octets } from '../../../support/der.js';
import { makeRandom, type Random } from '../../../support/random.js';
import { soundKeys } from '../sound-keys.js';
import type { BrokenKey } from './broken-key.js';

/** Sound keys of which a few octets are others: most stay DER, and some become other sound keys. */
export function* mutatedKeys(ofEachKind: number): Generator<BrokenKey> {
  const random = makeRandom(SEED);
  for (const [kind, spki] of soundKeys()) {
    for (let round = 0; round < ofEachKind; round++)
      yield { name: `${kind}, mutation ${round}`, spki: mutate(spki, random) };
  }
}

/** The parameters and the first octets of the key are what is most often read. */
function mutate(spki: Octets, random: Random): Octets {
  const mutated = spki.slice();
  const reach = random.pick([Math.min(40, spki.length), spki.length]);
  const changes = 1 + Math.floor(random.below(3));
  for (let change = 0; change < changes; change++) {
    const at = Math.floor(random.below(reach));
    mutated[at] = random.pick([mutated[at]! ^ (1 << Math.floor(random.below(8))), 0, 0xff, mutated[at]! + 1]);
  }
  return mutated;
}
