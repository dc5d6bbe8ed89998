import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawServer } from '../support/raw-server.js';
import { startResponder, type Mode, type Responder } from '../support/responder.js';
import type { Run } from '../support/run.js';
import { formOf } from './support/forms.js';
import { furtherResponders, type Behaviour } from './support/further-responders.js';
import { onlyOne, reportOf, type CertificateReport } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';

const pki = openTestPki();
const start = furtherResponders(pki);
const HTML = '<html><body>The request was rejected</body></html>';

function page(status: number, headers: Record<string, string> = {}): Mode {
  return { kind: 'http', status, headers: { 'content-type': 'text/html', ...headers }, body: HTML };
}

/** Replies to a GET from responders that know only POST, and from proxies in front of them. */
const REFUSALS: Readonly<Record<string, Mode>> = {
  ...Object.fromEntries(
    [400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 414, 415, 418, 422, 429].map((status) => [
      String(status),
      page(status),
    ]),
  ),
  ...Object.fromEntries(
    [300, 304, 500, 501, 502, 503, 504, 505, 511, 599].map((status) => [String(status), page(status)]),
  ),
  '503 with Retry-After': page(503, { 'retry-after': '1' }),
  '204': { kind: 'http', status: 204 },
  '206': page(206),
  'a page': page(200),
  'an empty body': 'empty',
  'an empty body of another type': { kind: 'http', status: 200 },
  'another media type': 'wrong-media-type',
  'another coding': { kind: 'with', headers: { 'content-encoding': 'gzip' } },
  garbage: 'garbage',
  'too much': 'endless',
  malformedRequest: 'malformedRequest',
  internalError: 'internalError',
  tryLater: 'tryLater',
  sigRequired: 'sigRequired',
  unauthorized: 'unauthorized',
  'the end of the connection': 'hang-up',
  'half an answer and a reset': 'reset',
  'a redirect to itself': 'redirect-loop',
  'a redirect to nobody': { kind: 'redirect', to: 'http://127.0.0.1:1/' },
  'a redirect to an unknown host': { kind: 'redirect', to: 'http://nobody.invalid/' },
  'a redirect to no URL': { kind: 'redirect', to: 'gopher://127.0.0.1/' },
  'a redirect without a target': { kind: 'http', status: 302 },
  'an answer for another certificate': 'foreign',
  'an answer signed by a stranger': 'forged',
  'an expired answer': 'expired',
  unknown: 'unknown',
};

/** Understands POST alone. */
const postOnly =
  (mode: Mode): Behaviour =>
  ({ method }) =>
    method === 'GET' ? mode : undefined;

describe('a GET that failed is followed by a POST, which is remembered', () => {
  const responders = new Map<string, Responder>();
  let workspace: Workspace;
  let first: ReadonlyMap<string, CertificateReport>;
  let asked: ReadonlyMap<string, readonly string[]>;

  const run = async (...args: string[]) => {
    const { certificates } = reportOf(await workspace.run('--json', ...args));
    return new Map(certificates.map((one) => [one.name, one]));
  };
  const requests = () =>
    new Map([...responders].map(([name, responder]) => [name, responder.requests.map(formOf)]));

  beforeAll(async () => {
    workspace = makeWorkspace(pki);
    for (const [name, mode] of Object.entries(REFUSALS)) {
      const responder = await startResponder({
        issuers: [pki.authority.intermediate],
        answer: postOnly(mode),
      });
      responders.set(name, responder);
      workspace.add(nameOf(name), { certificate: { ocspUrls: [responder.url] } });
    }
    workspace.configure();
    first = await run();
    asked = requests();
  });
  afterAll(() => Promise.all([...responders.values()].map((responder) => responder.close())));

  test.each(Object.keys(REFUSALS))('%s', (name) => {
    const { outcome, attempts } = first.get(nameOf(name))!;
    expect([outcome, attempts.at(-1)]).toEqual(['updated', `${responders.get(name)!.url} by POST: good`]);
    expect(asked.get(name)!.at(-1)).toBe('POST sha1');
    expect(asked.get(name)!.length).toBeLessThanOrEqual(name === 'a redirect to itself' ? 5 : 3);
  });

  test('the next run asks by POST at once where GET was at fault, and not a cache', async () => {
    const before = requests();
    await run('--force');
    const again = [...requests()].map(([name, all]) => [name, all.slice(before.get(name)!.length)]);
    const ofCache = new Set(['unauthorized', 'an expired answer', 'unknown']);
    const expected = Object.keys(REFUSALS).map((name) => [
      name,
      ofCache.has(name) ? ['GET sha1', 'GET sha1 no-cache', 'POST sha1'] : ['POST sha1'],
    ]);
    expect(Object.fromEntries(again)).toEqual(Object.fromEntries(expected));
  });
});

function nameOf(refusal: string): string {
  return `${refusal.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.example`;
}

interface FinishedRun {
  readonly workspace: Workspace;
  readonly responder: Responder;
  readonly run: Run;
  readonly report: CertificateReport;
}

async function runWith(answer: Behaviour, http: object = {}): Promise<FinishedRun> {
  const responder = await start(answer);
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', { certificate: { ocspUrls: [responder.url] } });
  workspace.configure({ http });
  const run = await workspace.run('--json');
  return { workspace, responder, run, report: onlyOne(reportOf(run)) };
}

describe('the number of requests', () => {
  test.each<[string, Mode, object, string[]]>([
    ['answers 403', page(403), {}, ['GET', 'POST']],
    ['answers a page', 'html', { attempts: 10 }, ['GET', 'POST']],
    ['answers an OCSP response by another key', 'forged', {}, ['GET', 'POST']],
    ['answers 503', page(503), {}, ['GET', 'POST', 'GET']],
    ['answers 503, and is asked twice', page(503), { attempts: 2 }, ['GET', 'POST']],
    ['answers 503, and is asked once', page(503), { attempts: 1 }, ['GET', 'POST']],
    ['says nothing', 'stall', { timeout: '1s' }, ['GET', 'POST', 'GET']],
    ['says nothing, and is asked once', 'stall', { timeout: '1s', attempts: 1 }, ['GET', 'POST']],
    ['hangs up', 'hang-up', { attempts: 4 }, ['GET', 'POST', 'GET', 'POST']],
    ['wants to be left alone', page(503, { 'retry-after': '3600' }), {}, ['GET']],
    ['answers 503, by GET alone', page(503), { method: 'get' }, ['GET', 'GET', 'GET']],
    ['answers 403, by GET alone', page(403), { method: 'get' }, ['GET']],
    ['answers 403, by POST alone', page(403), { method: 'post' }, ['POST']],
    // It is genuine, and another way brings the same.
    ['leaves nextUpdate out', 'no-next-update', {}, ['GET']],
  ])('of a responder that %s', async (_, mode, http, expected) => {
    const { responder, report } = await runWith(() => mode, http);
    expect(report.outcome).toBe('failed');
    expect(responder.requests.map(({ method }) => method)).toEqual(expected);
  });

  test.each<[string, () => Promise<string>, number]>([
    ['where nobody listens', () => Promise.resolve('http://127.0.0.1:1/'), 3],
    ['of an unknown host', () => Promise.resolve('http://nobody.invalid/'), 1],
    [
      'without TLS where TLS is meant',
      async () => {
        const { port } = await start(() => page(200));
        return `https://127.0.0.1:${port}/`;
      },
      1,
    ],
  ])('a responder %s is asked by GET alone', async (_, urlOf, count) => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { certificate: { ocspUrls: [await urlOf()] } });
    workspace.configure();
    const { attempts } = onlyOne(reportOf(await workspace.run('--json')));
    expect(attempts.map((text) => / by (.*?): /.exec(text)?.[1])).toEqual(
      Array.from({ length: count }, () => 'GET'),
    );
  });

  test('a proxy that wants a password is asked by GET alone', async () => {
    const proxy = await RawServer.start(
      'HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n',
    );
    try {
      const { responder } = await runWith(() => undefined, { proxy: proxy.url, attempts: 1 });
      expect(responder.requests).toHaveLength(0);
      expect(proxy.requests.map(({ head }) => head.split(' ')[0])).toEqual(['GET']);
    } finally {
      await proxy.close();
    }
  });
});

test('a firewall that refuses paths with %2F fails no certificate', async () => {
  const responder = await start(({ url }) => (url.includes('%2F') ? page(500) : undefined));
  const workspace = makeWorkspace(pki);
  const names = Array.from({ length: 40 }, (_, index) => `${index}.example`);
  for (const name of names) workspace.add(name, { certificate: { ocspUrls: [responder.url] } });
  workspace.configure();
  const { certificates } = reportOf(await workspace.run('--json'));
  expect(new Set(certificates.map(({ outcome }) => outcome))).toEqual(new Set(['updated']));
  expect(responder.requests.some(({ url }) => url.includes('%2F'))).toBe(true);
  // The first requests in flight each learn it by a failed GET of their own. All others use their result.
  expect(responder.requests.length).toBeLessThanOrEqual(40 + 2 * 4);
});

test('a responder that GET has come to work with again after a month of POST is found', async () => {
  let isNew = false;
  const { workspace, responder } = await runWith(({ method }) =>
    (method === 'GET') === isNew ? undefined : page(403),
  );
  isNew = true;
  responder.reset();
  expect(onlyOne(reportOf(await workspace.run('--json', '--force'))).outcome).toBe('updated');
  expect(responder.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
});

describe('the message', () => {
  test('names both attempts, and http.method', async () => {
    const { report } = await runWith(({ method }) => page(method === 'GET' ? 403 : 404));
    expect(report.message).toMatch(
      /^GET http:\S+ answered with status 403, .*; then POST http:\S+ answered with status 404, /,
    );
    expect(report.hint).toMatch(/; neither GET nor POST brought a usable response \(http\.method: auto\)$/);
  });

  test('tells what is alike once', async () => {
    const { report } = await runWith(() => page(403));
    expect(report.message).toMatch(
      /^GET http:\S+ answered with status 403, and the body begins with ".*" \(2 attempts: GET, POST\)$/,
    );
    expect(report.hint).toContain('http.method: auto');
  });

  test.each([
    ['get', 'POST'],
    ['post', 'GET'],
  ])('says what http.method: %s has ruled out', async (method, other) => {
    const { report } = await runWith(() => page(403), { method });
    expect(report.hint).toMatch(
      new RegExp(`; http\\.method: ${method} rules ${other} out, http\\.method: auto tries both$`),
    );
  });

  test('says nothing of it where no request got through', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { certificate: { ocspUrls: ['http://127.0.0.1:1/'] } });
    workspace.configure({ http: { attempts: 1, method: 'get' } });
    expect(onlyOne(reportOf(await workspace.run('--json'))).hint).not.toContain('http.method');
  });

  test('is that of the OCSP response where POST brought one', async () => {
    const { report } = await runWith(({ method }) => (method === 'GET' ? page(403) : 'sigRequired'));
    expect(report.reason).toBe('responder-sig-required');
    expect(report.message).toMatch(/answered with status 403.*; then the response from .*sigRequired/);
  });
});
