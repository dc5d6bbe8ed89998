import { describe, expect, test } from 'vitest';
import { makeCertificate } from '../support/ca.js';
import type { Mode, Responder } from '../support/responder.js';
import { formOf } from './support/forms.js';
import { furtherResponders, type Behaviour } from './support/further-responders.js';
import { onlyOne, outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace, type Domain, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { DAY } from './support/times.js';
import { stateOf } from './support/state.js';

const pki = openTestPki();
const start = furtherResponders(pki);

interface Fixture {
  readonly workspace: Workspace;
  readonly domain: Domain;
  readonly responder: Responder;
}

/** Runs the program for a certificate without a staple, whose responder behaves as given. */
async function play(answer: Behaviour, http: object = {}): Promise<Fixture> {
  const responder = await start(answer);
  const workspace = makeWorkspace(pki);
  const domain = workspace.add('a.example', { certificate: { ocspUrls: [responder.url] } });
  workspace.configure({ http: { attempts: 1, ...http } });
  return { workspace, domain, responder };
}

const forms = ({ requests }: Responder) => requests.map(formOf);

describe('which responder', () => {
  test('that of the issuer, but for a certificate that says otherwise', async () => {
    const [own, internal] = [await start(), await start()];
    const workspace = makeWorkspace(pki);
    const certificate = { ocspUrls: ['http://127.0.0.1:1/'] };
    workspace.add('issuer.example', { certificate });
    workspace.add('domain.example', { certificate, entry: { ocsp_responder_uri: own.url } });
    workspace.add('certificate.example', {
      certificate: { ocspUrls: [own.url] },
      entry: { ocsp_responder_uri: 'certificate' },
    });
    workspace.add('none.example', { certificate: { ocspUrls: [] } });
    workspace.sandbox.write('internal.pem', pki.authority.intermediate.pem);
    workspace.configure({
      issuers: { internal: { cert: 'internal.pem', ocsp_responder_uri: internal.url } },
    });
    const report = reportOf(await workspace.run('--json'));
    expect(report.certificates.map(({ name, outcome, responder }) => [name, outcome, responder])).toEqual([
      ['issuer.example', 'updated', internal.url],
      ['domain.example', 'updated', own.url],
      ['certificate.example', 'updated', own.url],
      ['none.example', 'updated', internal.url],
    ]);
  });

  test('that of another issuer is none of theirs', async () => {
    const other = await start();
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    workspace.sandbox.write('root.pem', pki.authority.root.pem);
    workspace.configure({ issuers: { root: { cert: 'root.pem', ocsp_responder_uri: other.url } } });
    expect(onlyOne(reportOf(await workspace.run('--json'))).responder).toBe(pki.responder.url);
    expect(other.requests).toEqual([]);
  });

  test('a certificate renewed by its issuer is still of it', async () => {
    const { intermediate, root: issuer } = pki.authority;
    const { name: subject, key } = intermediate;
    const renewed = makeCertificate({ subject, key, issuer, ca: true });
    const internal = await start();
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    workspace.sandbox.write('renewed.pem', renewed.pem);
    workspace.configure({ issuers: { it: { cert: 'renewed.pem', ocsp_responder_uri: internal.url } } });
    expect(onlyOne(reportOf(await workspace.run('--json'))).responder).toBe(internal.url);
  });

  test('all of the certificate in their order, until one has something good', async () => {
    const [broken, forging, works, unasked] = [
      await start(() => ({ kind: 'http', status: 503 })),
      await start(() => 'forged'),
      await start(),
      await start(),
    ];
    const workspace = makeWorkspace(pki);
    const ocspUrls = [broken, forging, works, unasked].map(({ url }) => url);
    workspace.add('a.example', { certificate: { ocspUrls } });
    workspace.configure();
    const { stdout } = await workspace.run('--verbose');
    expect(stdout).toMatch(
      new RegExp(
        `asked ${broken.url} by GET: http-status: .* 503\n {2}asked ${forging.url} by GET: signature-invalid: .*\n {2}asked ${forging.url} by POST: signature-invalid: .*\n {2}asked ${works.url} by GET: good\n`,
      ),
    );
    expect([broken, forging, works, unasked].map(({ requests }) => requests.length)).toEqual([1, 2, 1, 0]);
  });

  test('what all of them said is told when nothing came of it, the first cause first', async () => {
    const [first, second] = [
      await start(() => ({ kind: 'http', status: 403 })),
      await start(() => 'unknown'),
    ];
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { certificate: { ocspUrls: [first.url, second.url] } });
    workspace.configure({ http: { attempts: 1 } });
    const { reason, message, hint, attempts } = onlyOne(reportOf(await workspace.run('--json')));
    expect(reason).toBe('http-status');
    expect(message).toMatch(
      new RegExp(
        `^GET ${first.url}\\S+ answered with status 403 \\(2 attempts: GET, POST\\); then the response from ${second.url} was refused: .*does not know.* \\(3 attempts: GET, GET past caches, POST\\)$`,
      ),
    );
    expect(hint).toContain('does not let this machine ask');
    expect(attempts).toHaveLength(5);
  });

  test('that a certificate is revoked is the answer, whoever else could be asked', async () => {
    const [first, second, third] = [
      await start(() => 'tryLater'),
      await start(() => 'revoked'),
      await start(),
    ];
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { certificate: { ocspUrls: [first.url, second.url, third.url] } });
    workspace.configure({ http: { attempts: 1 } });
    expect(outcomesOf(reportOf(await workspace.run('--json')))).toEqual({
      'a.example': 'revoked certificate-revoked',
    });
    expect(third.requests).toEqual([]);
  });
});

const refuseGet: Behaviour = ({ method }) => (method === 'GET' ? { kind: 'http', status: 405 } : undefined);
const knowsSha256: Behaviour = ({ question }) => (question?.hash === 'sha1' ? 'unauthorized' : undefined);

describe('in which form', () => {
  test.each<[string, Behaviour, string[]]>([
    ['all is well', () => undefined, ['GET sha1']],
    ['GET is not allowed', refuseGet, ['GET sha1', 'POST sha1']],
    [
      'GET is not found',
      ({ method }) => (method === 'GET' ? { kind: 'http', status: 404 } : undefined),
      ['GET sha1', 'POST sha1'],
    ],
    [
      'GET is malformed, as boulder says it',
      ({ method }) => (method === 'GET' ? { kind: 'http', status: 400 } : undefined),
      ['GET sha1', 'POST sha1'],
    ],
    [
      'GET is malformed, as OCSP says it',
      ({ method }) => (method === 'GET' ? 'malformedRequest' : undefined),
      ['GET sha1', 'POST sha1'],
    ],
    [
      'SHA-1 is malformed',
      ({ question }) => (question?.hash === 'sha1' ? 'malformedRequest' : undefined),
      ['GET sha1', 'POST sha1', 'POST sha256'],
    ],
    ['SHA-1 is not known', knowsSha256, ['GET sha1', 'GET sha1 no-cache', 'POST sha1', 'POST sha256']],
    [
      'only SHA-256 is answered with',
      () => ({ kind: 'change', options: { hash: 'sha256' } }),
      ['GET sha1', 'GET sha256'],
    ],
    [
      'only SHA-256 by POST does',
      (request) => refuseGet(request) ?? knowsSha256(request),
      ['GET sha1', 'POST sha1', 'POST sha256'],
    ],
  ])('%s', async (_, answer, expected) => {
    const { workspace, responder } = await play(answer);
    expect((await workspace.run()).status).toBe(2);
    expect(forms(responder)).toEqual(expected);
  });

  test.each<[object, Behaviour, string, string[]]>([
    [{ method: 'get' }, refuseGet, 'http-status', ['GET sha1']],
    [{ method: 'get', hash: 'sha256' }, refuseGet, 'http-status', ['GET sha256']],
    [
      { method: 'post' },
      ({ method }) => (method === 'POST' ? { kind: 'http', status: 405 } : undefined),
      'http-status',
      ['POST sha1'],
    ],
    [{ hash: 'sha1' }, knowsSha256, 'responder-unauthorized', ['GET sha1', 'GET sha1 no-cache', 'POST sha1']],
    [
      { hash: 'sha256' },
      () => 'malformedRequest',
      'responder-malformed-request',
      ['GET sha256', 'POST sha256'],
    ],
    [
      {},
      () => 'unauthorized',
      'responder-unauthorized',
      ['GET sha1', 'GET sha1 no-cache', 'POST sha1', 'POST sha256', 'GET sha256'],
    ],
  ])('what is configured is obeyed, and all is bounded: %j', async (http, answer, reason, expected) => {
    const { workspace, responder } = await play(answer, http);
    expect(onlyOne(reportOf(await workspace.run('--json'))).reason).toBe(reason);
    expect(forms(responder)).toEqual(expected);
  });

  test('what worked is tried first by the next run, and for the next certificate of a run', async () => {
    const { workspace, domain, responder } = await play(
      (request) => refuseGet(request) ?? knowsSha256(request),
    );
    workspace.add('b.example', { certificate: { ocspUrls: [responder.url] } });
    workspace.configure({ parallel_threads: 1 });
    expect((await workspace.run()).status).toBe(2);
    expect(forms(responder)).toEqual(['GET sha1', 'POST sha1', 'POST sha256', 'POST sha256']);
    expect(JSON.parse(workspace.sandbox.text(`${stateOf(workspace.sandbox)}/responders.json`))).toEqual({
      schema: 1,
      responders: {
        [responder.url]: { form: { method: 'post', hash: 'sha256', since: expect.any(Number) } },
      },
      certificates: {},
    });
    workspace.sandbox.remove(domain.file);
    expect((await workspace.run()).status).toBe(2);
    expect(forms(responder).slice(4)).toEqual(['POST sha256']);
  });

  test('what worked once does not keep it from anything else', async () => {
    let broken: Behaviour = refuseGet;
    const { workspace, domain, responder } = await play((request) => broken(request));
    await workspace.run();
    workspace.sandbox.remove(domain.file);
    broken = ({ method }) => (method === 'POST' ? { kind: 'http', status: 405 } : undefined);
    expect((await workspace.run()).status).toBe(2);
    expect(forms(responder).slice(2)).toEqual(['POST sha1', 'GET sha1']);
    workspace.sandbox.remove(domain.file);
    await workspace.run();
    expect(forms(responder).slice(4)).toEqual(['GET sha1']);
  });

  test('a responder that knows this form, but not that certificate, is asked past caches and no more', async () => {
    const responder = await start();
    const workspace = makeWorkspace(pki);
    const certificate = { ocspUrls: [responder.url] };
    workspace.add('good.example', { certificate });
    responder.set('unauthorized', workspace.add('new.example', { certificate }).certificate);
    workspace.configure({ parallel_threads: 1 });
    await workspace.run();
    expect(forms(responder)).toEqual(['GET sha1', 'GET sha1', 'GET sha1 no-cache', 'POST sha1']);
  });
});

describe('past caches', () => {
  const old = (workspace: Domain) => pki.response(workspace.certificate, -9 * DAY, 5 * DAY);

  /** A cache that sends this to a GET. It forwards requests that bypass caches, or only POST, to the responder. */
  function cache(mode: () => Mode, heeds: 'no-cache' | 'nothing'): Behaviour {
    return ({ method, headers }) =>
      method === 'POST' || (heeds === 'no-cache' && headers['cache-control'] === 'no-cache')
        ? undefined
        : mode();
  }

  test.each<[string, Mode]>([
    ['expired', 'expired'],
    ['unauthorized', 'unauthorized'],
    ['unknown', 'unknown'],
    ['too old', { kind: 'lifetime', lifetime: { age: 20 * DAY, validity: 30 * DAY } }],
  ])('what a cache gives is %s', async (_, mode) => {
    const heeding = await play(cache(() => mode, 'no-cache'));
    expect((await heeding.workspace.run()).status).toBe(2);
    expect(forms(heeding.responder)).toEqual(['GET sha1', 'GET sha1 no-cache']);
    const deaf = await play(cache(() => mode, 'nothing'));
    expect((await deaf.workspace.run()).status).toBe(2);
    expect(forms(deaf.responder)).toEqual(['GET sha1', 'GET sha1 no-cache', 'POST sha1']);
    // Nothing is wrong with GET: other certificates are asked about by it.
    expect(deaf.workspace.sandbox.exists(stateOf(deaf.workspace.sandbox))).toBe(true);
    expect(deaf.workspace.sandbox.exists(`${stateOf(deaf.workspace.sandbox)}/responders.json`)).toBe(false);
  });

  test('what a cache gives is older than what is in place', async () => {
    const responder = await start(cache(() => ({ kind: 'bytes', bytes: old(domain) }), 'no-cache'));
    const workspace = makeWorkspace(pki);
    const domain = workspace.add('a.example', {
      staple: 'due',
      certificate: { ocspUrls: [responder.url] },
    });
    workspace.configure();
    expect((await workspace.run()).status).toBe(2);
    expect(forms(responder)).toEqual(['GET sha1', 'GET sha1 no-cache']);
  });

  test('the same as in place is good enough while there is time, and is doubted when there is none', async () => {
    const responder = await start(({ headers, question }) => {
      if (headers['cache-control'] === 'no-cache') return undefined;
      const name = Buffer.from(question!.serial).equals(domains['due']!.certificate.serial)
        ? 'due'
        : 'critical';
      return { kind: 'bytes', bytes: workspace.sandbox.read(domains[name]!.file) };
    });
    const workspace = makeWorkspace(pki);
    const certificate = { ocspUrls: [responder.url] };
    const domains: Record<string, Domain> = {};
    for (const staple of ['due', 'critical'] as const)
      domains[staple] = workspace.add(staple, { staple, certificate });
    workspace.configure({ parallel_threads: 1 });
    expect(outcomesOf(reportOf(await workspace.run('--json')))).toEqual({
      due: 'unchanged same-response',
      critical: 'updated due',
    });
    expect(forms(responder)).toEqual(['GET sha1', 'GET sha1', 'GET sha1 no-cache']);
  });

  test('nothing is asked past caches without a reason', async () => {
    const { workspace, responder } = await play(() => 'forged');
    await workspace.run();
    expect(forms(responder)).toEqual(['GET sha1', 'POST sha1']);
  });
});

test('never a double slash, also below a path', async () => {
  const responder = await start(undefined, { path: '/ca/ocsp/' });
  const workspace = makeWorkspace(pki);
  for (const [index, url] of [responder.url, responder.url.slice(0, -1), `${responder.url}/`].entries()) {
    workspace.add(`${index}.example`, { certificate: { ocspUrls: [url] } });
  }
  workspace.configure();
  expect((await workspace.run()).status).toBe(2);
  expect(responder.requests.map(({ url }) => url)).toEqual(
    Array.from({ length: 3 }, () => expect.stringMatching(/^\/ca\/ocsp\/[\w%]+$/)),
  );
});
