import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../src/x509/certificate.js';
import { HOUR, SECOND } from '../../src/util/time.js';
import type { Circumstances } from '../../src/ocsp/verify/question.js';
import { verify, type Examination } from '../../src/ocsp/verify/verify.js';
import { makeAuthority } from '../support/ca.js';
import { makeResponse, type Status } from '../support/responses.js';
import { CIRCUMSTANCES } from '../ocsp/support/judging.js';

const { now } = CIRCUMSTANCES;
const authority = makeAuthority({ key: 'ed25519', depth: 1 });
const certificate = authority.issue();
const question = {
  serialNumber: certificate.serial,
  issuer: readCertificate(authority.root.der),
  trustedResponders: [],
};

interface Window {
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

/** Good just now; close enough to each other to be equal now and then. */
const window: fc.Arbitrary<Window> = fc
  .tuple(fc.integer({ min: -5, max: 0 }), fc.integer({ min: 1, max: 5 }), fc.constantFrom(HOUR, SECOND))
  .map(([from, to, unit]) => ({ thisUpdate: now + from * unit, nextUpdate: now + to * unit }));

function judge(window: Window, installed: Circumstances['installed'], status: Status = 'good'): Examination {
  const response = makeResponse({ issuer: authority.root, certificate, ...window, status });
  return verify(response, question, { ...CIRCUMSTANCES, installed });
}

const isBackwards = ({ checks }: Examination) =>
  checks.some((check) => check.outcome === 'failed' && check.code === 'older-than-installed');

describe('neither thisUpdate nor nextUpdate goes backwards', () => {
  test('a good one is installed just if neither does', () => {
    fc.assert(
      fc.property(window, window, (installed, fresh) => {
        const goesBack = fresh.thisUpdate < installed.thisUpdate || fresh.nextUpdate < installed.nextUpdate;
        const examination = judge(fresh, installed);
        expect(examination.kind).toBe(goesBack ? 'rejected' : 'good');
        expect(isBackwards(examination)).toBe(goesBack);
      }),
    );
  });

  test('without one in place everything that is good is', () => {
    fc.assert(
      fc.property(window, (fresh) => {
        expect(judge(fresh, undefined).kind).toBe('good');
      }),
    );
  });

  test('a revocation counts unless it is older, even where it is good for a shorter time', () => {
    fc.assert(
      fc.property(window, window, (installed, fresh) => {
        const { kind } = judge(fresh, installed, { revoked: now - 9 * HOUR });
        expect(kind).toBe(fresh.thisUpdate < installed.thisUpdate ? 'rejected' : 'revoked');
      }),
    );
  });

  test('whatever comes one after the other, what is in place only gets newer', () => {
    fc.assert(
      fc.property(fc.array(window, { minLength: 2, maxLength: 8 }), (windows) => {
        let installed: Window | undefined;
        for (const fresh of windows) {
          const examination = judge(fresh, installed);
          if (examination.kind !== 'good') continue;
          const { thisUpdate, nextUpdate } = examination.response;
          expect(thisUpdate).toBeGreaterThanOrEqual(installed?.thisUpdate ?? 0);
          expect(nextUpdate).toBeGreaterThanOrEqual(installed?.nextUpdate ?? 0);
          installed = { thisUpdate, nextUpdate };
        }
      }),
    );
  });
});
