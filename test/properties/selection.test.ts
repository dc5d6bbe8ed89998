import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../../src/configuration/model.js';
import { OcspbotError } from '../../src/util/errors.js';
import { selectEntries } from '../../src/run/selection.js';

const entry = (name: string): Entry => ({
  name,
  cert: 'cert.pem',
  chain: undefined,
  rootchain: undefined,
  ocsp: 'cert.ocsp',
  responder: undefined,
  services: ['-'],
  position: { file: 'ocspbot.yaml', line: 1, column: 1 },
});

const alphabet = fc.constantFrom(...'aab.*?[]()|^$+\\-', '\n', 'é', '🔑');
const name = fc.string({ unit: alphabet, minLength: 1, maxLength: 8 });
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 6 });
const patterns = fc.array(fc.string({ unit: fc.oneof(alphabet, fc.constantFrom('*', '?')), maxLength: 6 }), {
  minLength: 1,
  maxLength: 3,
});

/** Matches a glob in the simplest way: by characters, from the left. */
function isMatch(glob: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return text.length === 0;
  if (first === '*') return isMatch(rest, text) || (text.length > 0 && isMatch(glob, text.slice(1)));
  return text.length > 0 && (first === '?' || first === text[0]) && isMatch(rest, text.slice(1));
}

function selected(
  names: readonly string[],
  wanted: { only?: readonly string[]; match?: readonly string[] },
): string[] | 'refused' {
  const configuration = { entries: names.map(entry), file: 'ocspbot.yaml' };
  try {
    return selectEntries(configuration, { only: [], match: [], ...wanted }).map(({ name }) => name);
  } catch (error) {
    if (error instanceof OcspbotError && error.code === 'usage') return 'refused';
    throw error;
  }
}

test('patterns and names select what they mean, in the order of the configuration; each must select something', () => {
  const only = fc.array(name, { maxLength: 2 });
  fc.assert(
    fc.property(names, only, patterns, (names, only, match) => {
      const hits = [
        ...only.map((text) => names.filter((name) => name === text)),
        ...match.map((glob) => names.filter((name) => isMatch(Array.from(glob), Array.from(name)))),
      ];
      const expected = hits.some((hit) => hit.length === 0)
        ? 'refused'
        : names.filter((name) => hits.some((hit) => hit.includes(name)));
      expect(selected(names, { only, match })).toEqual(expected);
    }),
    // Found by it: a character of two UTF-16 units is one character.
    { numRuns: 2000, examples: [[['🔑'], [], ['?']]] },
  );
});

test('every name selects itself alone, whatever is in it', () => {
  fc.assert(
    fc.property(names, (names) => {
      for (const name of names) expect(selected(names, { only: [name] })).toEqual([name]);
    }),
  );
});

test('an asterisk selects all, and so does nothing', () => {
  fc.assert(
    fc.property(names, (names) => {
      expect(selected(names, {})).toEqual(names);
      expect(selected(names, { match: ['**'] })).toEqual(names);
    }),
  );
});
