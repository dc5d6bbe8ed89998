import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { openTestPki } from './support/test-pki.js';
import { makeWorkspace } from './support/workspace.js';

const pki = openTestPki();
const SCHEMA = join(import.meta.dirname, '../../dist/schemas/log-line.schema.json');
const isLine = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);

/** Reads lines of JSON, each of which must satisfy the schema. */
function linesIn(output: string): object[] {
  const lines = output.split('\n').slice(0, -1);
  return lines.map((line) => {
    const value = JSON.parse(line) as object;
    expect([isLine(value), isLine.errors]).toEqual([true, null]);
    return value;
  });
}

test('with --log-format json each message is a line of JSON, and log files stay text', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a".example', { staple: 'due', entry: { services: ['web'] } });
  workspace.add('b.example', { staple: 'fresh' });
  const { certificate } = workspace.add('down.example', { staple: 'missing' });
  pki.responder.set('tryLater', certificate);
  const services = { web: { reload: ['false'] } };
  const keys = { services, http: { attempts: 1 } };
  workspace.configure(keys);
  const run = await workspace.run('--log-format', 'json', '--reload');
  expect(run.status).toBe(34);
  expect(linesIn(run.stdout)).toMatchObject([
    { event: 'certificate', severity: 'info', outcome: 'updated', reason: 'due' },
    { event: 'certificate', certificates: ['b.example'], outcome: 'unchanged', reason: 'fresh' },
    { event: 'end', severity: 'info', status: 34 },
  ]);
  expect(linesIn(run.stderr)).toMatchObject([
    { event: 'reload', severity: 'error', service: 'web', outcome: 'failed' },
    { event: 'certificate', severity: 'error', certificates: ['down.example'], outcome: 'failed' },
  ]);
  workspace.configure({ ...keys, output_log: 'out.log' });
  const logged = await workspace.run('--log-format', 'json');
  expect(logged.stdout).toBe('');
  expect(linesIn(logged.stderr).length).toBeGreaterThan(0);
  expect(workspace.sandbox.text('out.log')).toMatch(/^error: down\.example: failed: /m);
});

test('an error that ends the run is a line of JSON, too', async () => {
  const workspace = makeWorkspace(pki);
  workspace.sandbox.write('ocspbot.yaml', 'domains: [\n');
  const run = await workspace.run('--log-format', 'json');
  expect(run).toMatchObject({ status: 78, stdout: '' });
  expect(linesIn(run.stderr)).toMatchObject([{ event: 'message', severity: 'error' }]);
  const wrong = await workspace.run('--log-format', 'xml');
  expect(wrong).toMatchObject({ status: 64, stderr: expect.stringContaining('"xml" is neither') });
});
