import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { ReportName } from '../../src/cli/reports/reports.js';
import { complaintsAbout, reportSchema } from '../support/reports.js';
import { ONE_FILE } from '../support/run.js';
import { openTestPki } from './support/test-pki.js';
import { makeWorkspace } from './support/workspace.js';

/*
 * The schemas of the reports. Every report that another test reads is compared with its schema, too: test/support/reports.ts.
 */

const pki = openTestPki();

/** A command line for each report. */
const COMMANDS: Readonly<Record<ReportName, readonly string[]>> = {
  refresh: ['ocspbot.yaml'],
  install: ['install', 'ocsp/a.example.ocsp', 'ocspbot.yaml'],
  rollback: ['rollback', 'a.example', 'ocspbot.yaml', '--dry-run'],
  'rollback-list': ['rollback', 'a.example', 'ocspbot.yaml', '--list'],
  validate: ['validate', 'ocspbot.yaml'],
  services: ['services', '34', 'ocspbot.yaml'],
  owe: ['owe', 'nginx', '--config', 'ocspbot.yaml'],
  status: ['status', 'ocspbot.yaml'],
  check: ['check', 'ocspbot.yaml', '-w', '99%'],
  explain: ['explain', 'a.example', 'ocspbot.yaml'],
  live: ['live', '127.0.0.1:1', 'ocspbot.yaml'],
  verify: [
    ...['verify', 'ocsp/a.example.ocsp', '--issuer', 'a.example/chain.pem'],
    ...['--cert', 'a.example/cert.pem'],
  ],
  discover: ['discover', 'a.example', 'nginx.conf'],
  'discover-check': ['discover', '--check', 'ocspbot.yaml', 'nginx.conf'],
  failure: ['validate', 'missing.yaml'],
};
const NAMES = Object.keys(COMMANDS) as ReportName[];

test('each report is as its schema says', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', { staple: 'due' });
  workspace.configure({ services: { nginx: { exit_bit: 2 } } });
  const server = 'server { listen 443 ssl; server_name a.example; ssl_certificate a.example/cert.pem; }';
  workspace.sandbox.write('nginx.conf', `events {}\nhttp { ${server} }\n`);
  for (const name of NAMES) {
    const { stdout, stderr } = await workspace.runCommand(...COMMANDS[name], '--json');
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect('error' in report, `${name} ${stdout}${stderr}`).toBe(name === 'failure');
    expect(await complaintsAbout(name, report), name).toEqual([]);
    // A field that nobody has described is a fault of the program, and none for its callers.
    const more = { ...report, more: 1 };
    expect((await complaintsAbout(name, more)).join(), name).toContain('{"additionalProperty":"more"}');
    expect(new Ajv().validate(reportSchema(name), more), name).toBe(true);
    expect(new Ajv().validate(reportSchema(name), { ...report, schema: 'one' }), name).toBe(false);
  }
});

describe('a failure in the place of a report', () => {
  test.each(NAMES)('%s', async (name) => {
    const error = { code: 'usage', message: 'no' };
    expect(await complaintsAbout(name, { schema: 1, status: 64, error })).toEqual([]);
    expect(await complaintsAbout(name, { schema: 1, status: 64, error: { code: 'usage' } })).not.toEqual([]);
  });
});

test('a run does not load the descriptions', () => {
  const program = readFileSync(ONE_FILE, 'latin1');
  const { properties } = reportSchema('failure') as { properties: Record<string, { description: string }> };
  for (const { description } of Object.values(properties)) expect(program).not.toContain(description);
});

/** All fields of a schema, with their paths. */
function fieldsIn(schema: unknown, path: string): [path: string, field: { description?: string }][] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, items, definitions = {} } = schema as Record<string, Record<string, object>>;
  const own = Object.entries(properties).flatMap(([name, field]): ReturnType<typeof fieldsIn> => [
    [`${path}.${name}`, field],
    ...fieldsIn(field, `${path}.${name}`),
  ]);
  const parts = Object.entries(definitions).flatMap(([name, part]) => fieldsIn(part, `${path}/${name}`));
  return [...own, ...fieldsIn(items, `${path}[]`), ...parts];
}

test.each(NAMES)('every field of %s is described', (name) => {
  const fields = fieldsIn(reportSchema(name), name);
  expect(fields.length).toBeGreaterThan(5);
  for (const [path, { description }] of fields) expect(description, path).toMatch(/^\w.{10,}/);
});
