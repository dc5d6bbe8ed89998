import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../src/util/limits.js';
import { MINUTE } from '../../src/util/time.js';
import { makeFolder, problemsOf, readText } from './support/reading.js';

const HINT =
  'write for example: proxy: http://proxy.example:3128 (user:password@ before the host, with % codes for / : @)';

describe('http.proxy', () => {
  test.each([
    ['environment', { kind: 'environment' }],
    ['none', { kind: 'none' }],
    ['"none"', { kind: 'none' }],
    ['http://proxy.example:3128', server('http', 'proxy.example', 3128)],
    ['https://proxy.example', server('https', 'proxy.example', 443)],
    ['"http://[::1]:8080/"', server('http', '::1', 8080)],
    ["'http://me:s3cret@proxy.example'", server('http', 'proxy.example', 80, 'Basic bWU6czNjcmV0')],
  ])('%s', (written, expected) => {
    expect(readText(makeFolder(), `http: {proxy: ${written}}`).http.proxy).toEqual(expected);
  });

  function server(scheme: string, hostname: string, port: number, authorization?: string): object {
    return { kind: 'server', server: { scheme, hostname, port, authorization } };
  }

  test.each([
    [
      'enviroment',
      '"proxy" must be "environment", "none" or the URL of a proxy',
      'did you mean "environment"?',
    ],
    ['proxy.example:3128', '"proxy" must be "environment", "none" or the URL of a proxy', HINT],
    ['[http://a]', '"proxy" must be "environment", "none" or the URL of a proxy', HINT],
    ['""', '"proxy" must be "environment", "none" or the URL of a proxy', HINT],
    ['socks5://a:1080', '"proxy" names a proxy of the kind socks5, only http and https will do', HINT],
    ['http://a:b', '"proxy" is not a URL', HINT],
    [
      'http://me:s3@cret/1@a',
      '"proxy" has a /, ? or # in its user name or password: write %2F, %3F or %23',
      HINT,
    ],
  ])('%s is refused', (written, message, hint) => {
    const [problem, ...others] = problemsOf(makeFolder(), `http:\n  proxy: ${written}\n`);
    expect(others).toEqual([]);
    const [first, ...lines] = problem!.split('\n');
    expect(first).toBe(`ocspbot.yaml:2:10: ${message}`);
    expect(lines.at(-1)).toBe(`  ${hint}`);
  });

  test.each([
    'http:\n  proxy: ftp://me:s3cret@proxy',
    'http:\n  proxy: me:s3cret@proxy:3128',
    'http:\n  proxy: http://me:s3c/ret@proxy:x',
    'http:\n  proxi: http://me:s3cret@proxy',
    'http: {proxy: "http://me:s3 cret@proxy", timeout: soon}',
    'http:\n  - proxy: http://me:s3cret@proxy',
    'http:\n  proxy: "http://me:s3cret@proxy',
    'http:\n  proxy: [me:s3cret@proxy]',
  ])('what is wrong is told without the password: %j', (yaml) => {
    const problems = problemsOf(makeFolder(), `${yaml}\n`);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join('\n')).not.toMatch(/s3|cret/);
  });
});

describe('http.no_proxy', () => {
  test.each([
    ['[a, .b]', ['a', '.b']],
    ['a', ['a']],
    ['"a, b"', ['a, b']],
    ['[]', []],
  ])('%s', (written, expected) => {
    expect(readText(makeFolder(), `http: {no_proxy: ${written}}`).http.noProxy).toEqual(expected);
  });
});

describe('http.ca_file', () => {
  test('is relative as all paths are', () => {
    const folder = makeFolder();
    folder.write('ca.pem', 'not read here');
    expect(readText(folder, 'http: {ca_file: ca.pem}').http.caFile).toBe(folder.path('ca.pem'));
    expect(readText(folder, 'http: {ca_file: null}').http.caFile).toBeUndefined();
  });

  test.each([
    ['missing.pem', 'the CA file "DIR/missing.pem" does not exist'],
    ['certs', 'the CA file "DIR/certs" is a folder'],
  ])('%s is refused', (written, message) => {
    const [problem] = problemsOf(makeFolder(), `http: {ca_file: ${written}}`);
    expect(problem).toContain(`ocspbot.yaml:1:17: ${message}`);
  });
});

test('run_timeout', () => {
  expect(readText(makeFolder(), 'run_timeout: 50m').runTimeout).toBe(50 * MINUTE);
  // A run that cron starts every hour has an end before the next.
  expect(readText(makeFolder(), 'max_age: 1d').runTimeout).toBe(45 * MINUTE);
  expect(problemsOf(makeFolder(), 'run_timeout: 2d')[0]).toContain('"run_timeout" must be at most 1 day');
  expect(DEFAULTS.http.proxy).toEqual({ kind: 'environment' });
});
