import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DESCRIBED_SECTIONS } from '../../src/configuration/key-descriptions.js';
import { SECTIONS } from '../../src/configuration/keys.js';
import { complaintsOf } from './support/published-schema.js';

/*
 * What the other tests of this room read is compared with the published JSON Schema, too: support/reading.ts.
 */

const EXAMPLES = join(import.meta.dirname, '../../examples');

const examples = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.yaml') && !/^(?:ansible|kubernetes)\b/.test(name),
);

test('there are examples', () => expect(examples.length).toBeGreaterThan(8));

test.each(examples)('the schema accepts %s', (name) => {
  expect(complaintsOf(readFileSync(join(EXAMPLES, name), 'utf8'))).toEqual([]);
});

test.each([
  'minimum_validty: 3d',
  'minimum_validity: 3',
  'minimum_validity: 3 fortnights',
  'run_timeout: 0s',
  'minimum_validity_percentage: 100.5',
  'parallel_threads: 0',
  'http: {attempts: 11}',
  'http: {method: put}',
  'http: {max_response_size: 0k}',
  'services: {a: {exit_bit: 1}}',
  'services: {a: {reload: systemctl reload nginx}}',
  'services: {a b: {}}',
  'services: {a: {live: ["example.com:65536"]}}',
  'domains: {a: {cert: a.pem}}',
  'domains: {a: {cert: a.pem, ocsp: a, ocsp_responder_uri: "ftp://a"}}',
  'domains: {a: {cert: a.pem, ocsp: a, ocsp_responder_uri: "http://me:secret@a"}}',
  'scan_keys: [{cert_mask: a.pem}]',
  'scan_keys: [{cert_mask: "../{domain}.pem"}]',
  'output_log: "{years}.log"',
  '[]',
  '',
])('the schema refuses %j', (yaml) => expect(complaintsOf(yaml)).not.toEqual([]));

test('the descriptions have the sections and their keys in the order of keys.ts', () => {
  expect(DESCRIBED_SECTIONS.map(({ keys }) => keys)).toEqual(SECTIONS.map(([, keys]) => keys));
  for (const { keys, descriptions } of DESCRIBED_SECTIONS)
    expect(Object.keys(descriptions)).toEqual(Object.keys(keys));
});

test('the defaults of the descriptions are those of the reference, which is compared with the program', () => {
  const reference = readFileSync(join(EXAMPLES, 'reference.yaml'), 'utf8');
  const shown = [...reference.matchAll(/^[ -]*(\w+): (\S+) # default(?!:)/gm)];
  const described = DESCRIBED_SECTIONS.flatMap(({ descriptions }) => Object.entries(descriptions));
  expect(shown.length).toBeGreaterThan(15);
  for (const [, key = '', value = ''] of shown) {
    // Two sections may have a key of the same name.
    const defaults = described.filter(([name]) => name === key).map(([, { default: text = '' }]) => text);
    const isDefault = (text: string): boolean => text === value || text.startsWith(`${value};`);
    expect(defaults.filter(isDefault), `${key}: ${value}`).not.toEqual([]);
  }
});
