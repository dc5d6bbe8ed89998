import { afterAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/ocsp/verify/verify.js';
import { CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { CIRCUMSTANCES, complaint, fixture, question } from './support/judging.js';
import { treeMutations } from './support/tree-mutations.js';

let tried = 0;
afterAll(() => console.log(`mutations of elements: ${tried}`));

/** The certificates sent along: `[0]` of the BasicOCSPResponse. */
const CERTIFICATES = '1.0.1.0.3';
const NOTHING = 'nothing';

/** Changes that the standards allow: absent parameters instead of NULL (RFC 5754 §2), and unsigned parts. */
describe('no change of an element of a good response is taken for good', () => {
  test.each([
    ['good-by-key', 'issuer', 'leaf', NOTHING, ['1.0.1.0.1.1 deleted']],
    [
      'good-pss-sha256',
      'issuer',
      'leaf',
      NOTHING,
      ['1.0.1.0.1.1.0.0.1 deleted', '1.0.1.0.1.1.1.0.1.1 deleted'],
    ],
    ['good-p-256-ecdsa-sha256', 'issuer-p-256', 'leaf-p-256', NOTHING, []],
    ['good-ed25519', 'issuer-ed25519', 'leaf-ed25519', NOTHING, []],
    ['good-delegated-elliptic', 'issuer', 'leaf', NOTHING, [`${CERTIFICATES}.0.0 twice`]],
    ['good-issuer-embedded', 'issuer', 'leaf', CERTIFICATES, ['1.0.1.0.1.1 deleted']],
  ] as const)(
    '%s',
    (name, issuer, leaf, free, harmless) => {
      const der = fixture(name);
      const asked = question(issuer, leaf);
      const complaints: string[] = [];
      const good: string[] = [];
      const changes = new Set<string>();
      for (const [change, mutated] of treeMutations(der)) {
        changes.add(change);
        const verdict = verify(mutated, asked, CIRCUMSTANCES);
        tried++;
        if (verdict.kind === 'good') good.push(change);
        const wrong = complaint(der, mutated, verdict);
        if (wrong !== undefined) complaints.push(`${change}: ${wrong}`);
      }
      expect(complaints).toEqual([]);
      expect(good.filter((change) => !change.startsWith(free))).toEqual(
        harmless.filter((change) => changes.has(change)),
      );
    },
    CAMPAIGN_TIMEOUT,
  );
});
