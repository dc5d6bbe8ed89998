import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { requireProgram } from '../support/require.js';
import { onlyOne, reportOf, type ExchangeReport } from './support/report.js';
import { makeWorkspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';

const pki = openTestPki();
const TIMES = String.raw`\((dns [\d.]+ m?s, )?connect [\d.]+ m?s, first byte [\d.]+ m?s, total [\d.]+ m?s\)`;

/** The line below others that begins so, without that. */
function lineOf(text: string, begin: string): string {
  const line = text.split('\n').find((one) => one.startsWith(begin));
  expect(line).toBeDefined();
  return line!.slice(begin.length);
}

describe('whom was asked, how long it took, and how to ask again', () => {
  test('is not said when all is well', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com');
    workspace.configure();
    const { stdout, stderr } = await workspace.run();
    expect(stdout + stderr).not.toMatch(/asked|curl/);
  });

  test('is said with --verbose', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', {
      certificate: { ocspUrls: [pki.responder.url.replace('127.0.0.1', 'localhost')] },
    });
    workspace.configure();
    const { status, stdout, stderr } = await workspace.run('--verbose');
    expect([status, stderr]).toEqual([2, '']);
    expect(lineOf(stdout, '  asked: ')).toMatch(
      new RegExp(String.raw`^GET http://localhost:\d+/M\S+… at 127\.0\.0\.1.*: status 200 ${TIMES}$`),
    );
    expect(lineOf(stdout, '  again: ')).toMatch(/^curl .* http:\/\/localhost:\d+\/M[\w%]+$/);
  });

  test.for(['get', 'post'])(
    'is said of a failure by %s, and the line really asks again',
    async (method, context) => {
      requireProgram('curl', 'curl', context);
      const workspace = makeWorkspace(pki);
      const { certificate } = workspace.add('example.com', { staple: 'due' });
      pki.responder.set('sigRequired', certificate);
      workspace.configure({ http: { method } });
      const { stderr } = await workspace.run();
      const [asked, ...others] = pki.requestsFor(certificate);
      expect(others).toEqual([]);
      expect(lineOf(stderr, '  asked: ')).toMatch(new RegExp(`: status 200 ${TIMES}$`));
      await promisify(execFile)('sh', ['-c', lineOf(stderr, '  again: ')], { cwd: workspace.sandbox.folder });
      const [, again] = pki.requestsFor(certificate);
      expect(again).toMatchObject({ method: asked!.method, url: asked!.url, question: asked!.question });
      expect(Buffer.from(workspace.sandbox.read('answer.der')).toString('hex')).toBe('30030a0105');
    },
  );

  test('is in the report for programs, of each exchange', async () => {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('example.com');
    pki.responder.set({ kind: 'redirect', to: '/elsewhere' }, certificate);
    workspace.configure({ http: { method: 'get', hash: 'sha1', attempts: 1 } });
    const { exchanges = [] } = onlyOne(reportOf(await workspace.run('--json')));
    const some = expect.any(Number) as number;
    const common: Partial<ExchangeReport> = { address: '127.0.0.1', first_byte_ms: some, total_ms: some };
    expect(exchanges).toMatchObject([
      { ...common, method: 'GET', status: 302, addresses: ['127.0.0.1'], connect_ms: some },
      {
        ...common,
        method: 'GET',
        url: `${pki.responder.url}elsewhere`,
        curl: expect.stringMatching(/^curl /),
      },
    ]);
    expect(exchanges[1]).not.toHaveProperty('tls_ms');
  });

  test('of a certificate that nobody was asked about there is nothing', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'fresh' });
    workspace.configure();
    expect(onlyOne(reportOf(await workspace.run('--json'))).exchanges).toEqual([]);
  });
});
