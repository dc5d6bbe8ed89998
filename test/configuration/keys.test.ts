import { describe, expect, test } from 'vitest';
import { parse } from '../../src/configuration/parse.js';
import { SECTIONS } from '../../src/configuration/keys.js';
import { record } from '../../src/configuration/schema/collections.js';
import { Problems } from '../../src/configuration/problems.js';
import { didYouMean, nearest } from '../../src/util/nearest.js';

describe.each(SECTIONS)('%s', (_place, keys) => {
  test.each(Object.entries(keys))('the example of %s is right', (name, key) => {
    const problems = new Problems();
    const kind = record({ [name]: key }, () => undefined);
    const bytes = new TextEncoder().encode(`${name}: ${key.example}\n`);
    const parsed = parse({ file: 'x', bytes, order: 0 }, kind, problems);
    expect(problems.sorted()).toEqual([]);
    expect(parsed).toMatchObject({ kind: 'section', section: { [name]: { value: expect.anything() } } });
  });
});

test.each([
  ['chian', ['cert', 'chain', 'rootchain'], 'chain'],
  ['Cert', ['cert', 'chain'], 'cert'],
  ['ocsp-folder', ['ocsp_folder'], 'ocsp_folder'],
  ['minimal_validity', ['minimum_validity', 'critical_validity'], 'minimum_validity'],
  ['ocps', ['ocsp', 'cert'], 'ocsp'],
  ['crt', ['cert', 'chain'], 'cert'],
  ['colour', ['cert', 'chain', 'ocsp'], undefined],
  ['x', ['cert'], undefined],
  ['', ['a'], undefined],
])('%j among %j: %j', (word, candidates, expected) => expect(nearest(word, candidates)).toBe(expected));

test('did you mean', () => {
  expect(didYouMean('ngnix', ['nginx'])).toBe('did you mean "nginx"?');
  expect(didYouMean('exim', ['nginx'])).toBeUndefined();
});
