import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { byExtent, CAMPAIGN_TIMEOUT, EXTENT, sampled, SEED } from '../support/campaign.js';
import { requireOpenssl } from '../support/openssl-version.js';
import { makeRandom } from '../support/random.js';
import { requireProgram } from '../support/require.js';
import { compare, type Comparison, expectedCodes, judge, POLICIES } from './differential/comparison.js';
import { FLAWS } from './differential/flaws.js';
import { Openssl, type OpensslVerdict } from './differential/openssl.js';
import {
  allContents,
  allFlaws,
  allSignatures,
  randomParameters,
  type ResponseParameters,
} from './differential/response-parameters.js';
import { makeCraftedResponse } from './differential/crafted-response.js';
import { STRICTER } from './differential/stricter.js';
import { summaryOf } from './differential/summary.js';

const RANDOM_RESPONSES = byExtent({ sample: 20, long: 500, all: 20_000 });
const AT_ONCE = 4;

let folder: string;
let release = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ocspbot-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const done: Comparison[] = [];

/** Compares all responses, a few at the same time. */
async function compareAll(
  parameterSets: readonly ResponseParameters[],
  context: TestContext,
): Promise<Comparison[]> {
  release = requireOpenssl(context);
  const openssl = new Openssl(requireProgram('openssl', 'openssl', context), mkdtempSync(join(folder, 'x')));
  const waiting = parameterSets.values();
  const results: Comparison[] = [];
  const work = async () => {
    for (const parameters of waiting) results.push(await compareOne(parameters, openssl));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  done.push(...results);
  return results;
}

async function compareOne(parameters: ResponseParameters, openssl: Openssl): Promise<Comparison> {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const crafted = makeCraftedResponse(parameters, now);
  const theirs = await openssl.judge(crafted);
  const by = (policy: keyof typeof POLICIES) =>
    compare(parameters, theirs, judge(crafted, POLICIES[policy], Date.now()));
  return { parameters, theirs, byPolicy: { strict: by('strict'), permissive: by('permissive') } };
}

/** Returns the comparisons that no rule explains. */
function disagreements(comparisons: readonly Comparison[]): unknown[] {
  return comparisons.filter(({ byPolicy }) => Object.values(byPolicy).some(({ kind }) => kind === 'wrong'));
}

/** Reports whether both verdicts are as expected: the status of the response, or a refusal by the code of its flaw. */
function isAsMade({ parameters, theirs, byPolicy: { strict } }: Comparison): boolean {
  const codes = expectedCodes(parameters);
  const isStricter = codes.length > 0 && theirs.verdict !== 'refused';
  const agreement = isStricter ? { kind: 'stricter', codes } : { kind: 'agreed' };
  return verdictsOf(parameters).includes(theirs.verdict) && isDeepStrictEqual(strict, agreement);
}

/** Returns the verdicts that this release of OpenSSL may give. */
function verdictsOf({ flaws, status }: ResponseParameters): OpensslVerdict['verdict'][] {
  const outcomes = flaws.map((name) => FLAWS[name].outcome);
  const corrected = outcomes.filter((outcome) => typeof outcome === 'object');
  const isRefused =
    outcomes.includes('refused') || corrected.some(({ refusedBy }) => refusedBy.test(release));
  if (isRefused) return ['refused'];
  return corrected.length > 0 ? ['refused', status] : [status];
}

describe(`we and OpenSSL, OCSPBOT_SEED=${SEED}`, () => {
  test.for([
    ['every algorithm', allSignatures],
    ['every content', allContents],
  ] as const)(
    '%s: both accept, but for SHA-1',
    { timeout: CAMPAIGN_TIMEOUT },
    async ([, parameterSets], context) => {
      const comparisons = await compareAll([...sampled(parameterSets(), 8)], context);
      expect(comparisons.filter((comparison) => !isAsMade(comparison))).toEqual([]);
      expect(comparisons.filter(({ byPolicy: { permissive } }) => permissive.kind !== 'agreed')).toEqual([]);
    },
  );

  test('every flaw alone: the outcome is as it says', { timeout: CAMPAIGN_TIMEOUT }, async (context) => {
    const comparisons = await compareAll([...sampled(allFlaws(), 4)], context);
    expect(disagreements(comparisons)).toEqual([]);
    expect(comparisons.filter((comparison) => !isAsMade(comparison))).toEqual([]);
  });

  test('anything with anything', { timeout: CAMPAIGN_TIMEOUT }, async (context) => {
    const random = makeRandom(SEED);
    const parameterSets = Array.from({ length: RANDOM_RESPONSES }, () => randomParameters(random));
    expect(disagreements(await compareAll(parameterSets, context))).toEqual([]);
  });

  // A sample has too few responses for this.
  if (EXTENT !== 'sample') {
    test('we are stricter for every reason in the table', ({ skip }) => {
      if (done.length === 0) skip('nothing was compared');
      const used = new Set(
        done.flatMap(({ byPolicy: { strict } }) => (strict.kind === 'stricter' ? strict.codes : [])),
      );
      expect([...STRICTER.keys()].filter((code) => !used.has(code))).toEqual([]);
    });
  }

  afterAll(() => console.log(`OpenSSL ${release}: ${summaryOf(done, SEED)}`));
});
