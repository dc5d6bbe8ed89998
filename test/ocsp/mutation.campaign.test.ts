import { afterAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/ocsp/verify/verify.js';
import { CAMPAIGN_TIMEOUT, sampled } from '../support/campaign.js';
import { CIRCUMSTANCES, complaint, fixture, question } from './support/judging.js';

/** Every bit turned over, every length, every octet left out. */
function* mutations(der: Uint8Array): Generator<readonly [name: string, bytes: Uint8Array]> {
  for (let at = 0; at < der.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      yield [`bit ${bit} of octet ${at}`, der.with(at, (der[at] as number) ^ (1 << bit))];
    }
    yield [`cut to ${at}`, der.slice(0, at)];
    yield [`without octet ${at}`, Uint8Array.from([...der.subarray(0, at), ...der.subarray(at + 1)])];
  }
}

let tried = 0;
afterAll(() => console.log(`mutations of octets: ${tried}`));

describe('no change of a good response is taken for good', () => {
  test.each([
    ['good-by-key', 'issuer', 'leaf', 'never'],
    ['good-pss-sha256', 'issuer', 'leaf', 'never'],
    ['good-p-256-ecdsa-sha256', 'issuer-p-256', 'leaf-p-256', 'never'],
    ['good-ed25519', 'issuer-ed25519', 'leaf-ed25519', 'never'],
    ['good-delegated-elliptic', 'issuer', 'leaf', 'never'],
    // Only the issuer's certificate, which is embedded but not needed, may change.
    ['good-issuer-embedded', 'issuer', 'leaf', 'within an embedded certificate'],
  ] as const)(
    '%s',
    (name, issuer, leaf, mayChange) => {
      const der = fixture(name);
      const asked = question(issuer, leaf);
      expect(verify(der, asked, CIRCUMSTANCES).kind).toBe('good');
      const complaints: string[] = [];
      let stillGood = 0;
      for (const [change, mutated] of sampled(mutations(der), 16)) {
        const verdict = verify(mutated, asked, CIRCUMSTANCES);
        tried++;
        if (verdict.kind === 'good') stillGood++;
        const wrong = complaint(der, mutated, verdict);
        if (wrong !== undefined) complaints.push(`${change}: ${wrong}`);
      }
      expect(complaints).toEqual([]);
      expect(stillGood > 0).toBe(mayChange !== 'never');
    },
    CAMPAIGN_TIMEOUT,
  );
});
