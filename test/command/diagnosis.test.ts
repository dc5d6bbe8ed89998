import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { requireProgram } from '../support/require.js';
import { onlyOne, reportOf, type ExchangeReport } from './support/report.js';
import { makeSetting } from './support/setting.js';
import { openStage } from './support/stage.js';

const stage = openStage();
const TIMES = String.raw`\((dns [\d.]+ m?s, )?connect [\d.]+ m?s, first byte [\d.]+ m?s, total [\d.]+ m?s\)`;

/** The line below others that begins so, without that. */
function lineOf(text: string, begin: string): string {
  const line = text.split('\n').find((one) => one.startsWith(begin));
  expect(line).toBeDefined();
  return line!.slice(begin.length);
}

describe('whom was asked, how long it took, and how to ask again', () => {
  test('is not said when all is well', async () => {
    const setting = makeSetting(stage);
    setting.add('example.com');
    setting.configure();
    const { stdout, stderr } = await setting.run();
    expect(stdout + stderr).not.toMatch(/asked|curl/);
  });

  test('is said with --verbose', async () => {
    const setting = makeSetting(stage);
    setting.add('example.com', {
      certificate: { ocspUrls: [stage.responder.url.replace('127.0.0.1', 'localhost')] },
    });
    setting.configure();
    const { status, stdout, stderr } = await setting.run('--verbose');
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
      const setting = makeSetting(stage);
      const { certificate } = setting.add('example.com', { staple: 'due' });
      stage.responder.set('sigRequired', certificate);
      setting.configure({ http: { method } });
      const { stderr } = await setting.run();
      const [asked, ...others] = stage.requestsFor(certificate);
      expect(others).toEqual([]);
      expect(lineOf(stderr, '  asked: ')).toMatch(new RegExp(`: status 200 ${TIMES}$`));
      await promisify(execFile)('sh', ['-c', lineOf(stderr, '  again: ')], { cwd: setting.sandbox.folder });
      const [, again] = stage.requestsFor(certificate);
      expect(again).toMatchObject({ method: asked!.method, url: asked!.url, question: asked!.question });
      expect(Buffer.from(setting.sandbox.read('answer.der')).toString('hex')).toBe('30030a0105');
    },
  );

  test('is in the report for programs, of each exchange', async () => {
    const setting = makeSetting(stage);
    const { certificate } = setting.add('example.com');
    stage.responder.set({ kind: 'redirect', to: '/elsewhere' }, certificate);
    setting.configure({ http: { method: 'get', hash: 'sha1', attempts: 1 } });
    const { exchanges = [] } = onlyOne(reportOf(await setting.run('--json')));
    const some = expect.any(Number) as number;
    const common: Partial<ExchangeReport> = { address: '127.0.0.1', first_byte_ms: some, total_ms: some };
    expect(exchanges).toMatchObject([
      { ...common, method: 'GET', status: 302, addresses: ['127.0.0.1'], connect_ms: some },
      {
        ...common,
        method: 'GET',
        url: `${stage.responder.url}elsewhere`,
        curl: expect.stringMatching(/^curl /),
      },
    ]);
    expect(exchanges[1]).not.toHaveProperty('tls_ms');
  });

  test('of a certificate that nobody was asked about there is nothing', async () => {
    const setting = makeSetting(stage);
    setting.add('example.com', { staple: 'fresh' });
    setting.configure();
    expect(onlyOne(reportOf(await setting.run('--json'))).exchanges).toEqual([]);
  });
});
