import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { requireProgram } from '../support/require.js';
import { compare, expectedCodes, judge, POLICIES, type Agreement } from './differential/comparison.js';
import { makeSpecimen } from './differential/draft.js';
import { FLAWS } from './differential/flaws.js';
import { Openssl, type Opinion } from './differential/openssl.js';
import { makeRandom } from './differential/random.js';
import { allContents, allFlaws, allSignatures, randomRecipe, type Recipe } from './differential/recipe.js';
import { STRICTER } from './differential/stricter.js';

/** `OCSPBOT_SEED` makes the responses of another run again. */
const SEED = Number(process.env['OCSPBOT_SEED'] ?? Date.now() % 1_000_000);
const RANDOM_RESPONSES = 400;
const AT_ONCE = 4;
const TIME_LIMIT = 240_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ocspbot-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Comparison {
  readonly recipe: Recipe;
  readonly theirs: Opinion;
  readonly byPolicy: Readonly<Record<keyof typeof POLICIES, Agreement>>;
}

const done: Comparison[] = [];

/** Judges all of them, a few at once. */
async function compareAll(recipes: readonly Recipe[], context: TestContext): Promise<Comparison[]> {
  const openssl = new Openssl(requireProgram('openssl', 'openssl', context), mkdtempSync(join(folder, 'x')));
  const waiting = recipes.values();
  const results: Comparison[] = [];
  const work = async () => {
    for (const recipe of waiting) results.push(await compareOne(recipe, openssl));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  done.push(...results);
  return results;
}

async function compareOne(recipe: Recipe, openssl: Openssl): Promise<Comparison> {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const specimen = makeSpecimen(recipe, now);
  const theirs = await openssl.judge(specimen);
  const by = (policy: keyof typeof POLICIES) =>
    compare(recipe, theirs, judge(specimen, POLICIES[policy], Date.now()));
  return { recipe, theirs, byPolicy: { strict: by('strict'), permissive: by('permissive') } };
}

/** Everything needed to look into it. */
function disagreements(comparisons: readonly Comparison[]): unknown[] {
  return comparisons.filter(({ byPolicy }) => Object.values(byPolicy).some(({ kind }) => kind === 'wrong'));
}

describe(`we and OpenSSL, OCSPBOT_SEED=${SEED}`, () => {
  test.for([
    ['every algorithm', allSignatures],
    ['every content', allContents],
  ] as const)('%s: both accept', { timeout: TIME_LIMIT }, async ([, recipes], context) => {
    const comparisons = await compareAll(recipes(), context);
    expect(disagreements(comparisons)).toEqual([]);
    for (const { recipe, theirs } of comparisons) expect(theirs, JSON.stringify(recipe)).toMatchObject({ verdict: recipe.status });
  });

  test('every flaw alone: the outcome is as it says', { timeout: TIME_LIMIT }, async (context) => {
    const comparisons = await compareAll(allFlaws(), context);
    expect(disagreements(comparisons)).toEqual([]);
    for (const { recipe, theirs, byPolicy } of comparisons) {
      const [name] = recipe.flaws;
      const outcome = name && FLAWS[name].outcome;
      const words = `${JSON.stringify(recipe)}\n${theirs.words}`;
      expect(theirs.verdict, words).toBe(outcome === 'refused' ? 'refused' : recipe.status);
      const codes = expectedCodes(recipe).filter((code) => code !== `certificate-${recipe.status}`);
      const expected = codes.length > 0 ? { kind: 'stricter', codes } : { kind: 'agreed' };
      expect(byPolicy.strict, words).toEqual(expected);
    }
  });

  test('anything with anything', { timeout: TIME_LIMIT }, async (context) => {
    const random = makeRandom(SEED);
    const recipes = Array.from({ length: RANDOM_RESPONSES }, () => randomRecipe(random));
    expect(disagreements(await compareAll(recipes, context))).toEqual([]);
  });

  test('we are stricter for every reason in the table', ({ skip }) => {
    if (done.length === 0) skip('nothing was compared');
    const used = new Set(done.flatMap(({ byPolicy: { strict } }) => (strict.kind === 'stricter' ? strict.codes : [])));
    expect([...STRICTER.keys()].filter((code) => !used.has(code))).toEqual([]);
  });
});
