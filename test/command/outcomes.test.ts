import { describe, expect, test } from 'vitest';
import { makeAnswer, type AnswerName } from './support/answers.js';
import { onlyOne, reportOf } from './support/report.js';
import { makeWorkspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import type { StapleName } from './support/staples.js';
import { testRows, type Row } from './support/table.js';
import { DAY, HOUR, NOW } from './support/times.js';

const pki = openTestPki();

function rows(table: readonly Row[]): void {
  testRows(pki, table);
}

describe('a responder that gives a better one', () => {
  rows([
    ['due', 'good', 'updated due', 2, 'new'],
    ['due', 'a newer thisUpdate', 'updated due', 2, 'new'],
    ['critical', 'good', 'updated due', 2, 'new'],
    ['missing', 'good', 'updated absent', 2, 'new'],
    ['expired', 'good', 'updated unusable', 2, 'new'],
    ['foreign', 'good', 'updated foreign', 2, 'new'],
    ['corrupt', 'good', 'updated unusable', 2, 'new'],
    ['truncated', 'good', 'updated unusable', 2, 'new'],
    ['trailing', 'good', 'updated unusable', 2, 'new'],
    ['empty', 'good', 'updated unusable', 2, 'new'],
    ['octet', 'good', 'updated unusable', 2, 'new'],
    ['huge', 'good', 'updated unreadable', 2, 'new'],
    // A response that says revoked is not a staple. A later good response means that a hold was lifted.
    ['revoked', 'good', 'updated unusable', 2, 'new'],
    ['unknown', 'good', 'updated unusable', 2, 'new'],
  ]);
});

describe('nothing to do', () => {
  rows([
    ['fresh', undefined, 'unchanged fresh', 0, 'kept'],
    ['fresh', undefined, 'unchanged fresh', 0, 'kept', { args: ['--strict'] }],
    ['due', 'the same octets', 'unchanged same-response', 0, 'kept'],
    ['due', 'the same times', 'unchanged no-newer-response', 0, 'kept'],
    ['due', 'the same octets', 'unchanged same-response', 0, 'kept', { args: ['--strict'] }],
  ]);
});

describe('a failed attempt while a good staple has days left is deferred', () => {
  rows([
    ['due', 'unknown', 'deferred certificate-unknown', 0, 'kept'],
    ['due', 'tryLater', 'deferred responder-try-later', 0, 'kept'],
    ['due', 'internalError', 'deferred responder-internal-error', 0, 'kept'],
    ['due', 'unauthorized', 'deferred responder-unauthorized', 0, 'kept'],
    ['due', 'malformedRequest', 'deferred responder-malformed-request', 0, 'kept'],
    ['due', 'sigRequired', 'deferred responder-sig-required', 0, 'kept'],
    ['due', 'garbage', 'deferred der-malformed', 0, 'kept'],
    ['due', 'nothing', 'deferred body-empty', 0, 'kept'],
    ['due', 'html', 'deferred media-type', 0, 'kept'],
    ['due', 'another media type', 'deferred media-type', 0, 'kept'],
    ['due', 'http 500', 'deferred http-status', 0, 'kept'],
    ['due', 'http 404', 'deferred http-status', 0, 'kept'],
    ['due', 'an endless body', 'deferred body-too-large', 0, 'kept'],
    ['due', 'a redirect to itself', 'deferred redirect-refused', 0, 'kept'],
    ['due', 'half, and a reset', 'deferred connection-failed', 0, 'kept'],
    ['due', 'a trickle', 'deferred timeout', 0, 'kept', { keys: { http: { timeout: '1s' } } }],
    ['due', 'silence', 'deferred timeout', 0, 'kept', { keys: { http: { timeout: '1s' } } }],
    ['due', 'an older one', 'deferred older-than-installed', 0, 'kept'],
    ['due', 'an older thisUpdate', 'deferred older-than-installed', 0, 'kept'],
    ['due', 'an older nextUpdate', 'deferred older-than-installed', 0, 'kept'],
    ['due', 'an expired one', 'deferred response-expired', 0, 'kept', { keys: { clock_skew: '0s' } }],
    ['due', 'one of another certificate', 'deferred certid-mismatch', 0, 'kept'],
    ['due', 'one signed by another key', 'deferred signature-invalid', 0, 'kept'],
    ['due', 'one without nextUpdate', 'deferred next-update-missing', 0, 'kept'],
    [
      'due',
      'good',
      'deferred connection-failed',
      0,
      'kept',
      { entry: { ocsp_responder_uri: 'http://127.0.0.1:1/' } },
    ],
  ]);
});

describe('a failed attempt needs a person', () => {
  rows([
    ['text', undefined, 'failed target-unsuitable', 32, 'kept'],
    ['missing', 'tryLater', 'failed responder-try-later', 32, 'kept'],
    ['missing', 'garbage', 'failed der-malformed', 32, 'kept'],
    ['missing', 'http 500', 'failed http-status', 32, 'kept'],
    ['missing', 'unknown', 'failed certificate-unknown', 32, 'kept'],
    ['missing', 'one of another certificate', 'failed certid-mismatch', 32, 'kept'],
    ['missing', 'an expired one', 'failed response-expired', 32, 'kept'],
    ['expired', 'tryLater', 'failed responder-try-later', 32, 'kept'],
    ['expired', 'the same octets', 'failed response-expired', 32, 'kept'],
    ['foreign', 'tryLater', 'failed responder-try-later', 32, 'kept'],
    ['foreign', 'the same octets', 'failed certid-mismatch', 32, 'kept'],
    ['corrupt', 'the same octets', 'failed signature-invalid', 32, 'kept'],
    ['corrupt', 'html', 'failed media-type', 32, 'kept'],
    ['empty', 'unauthorized', 'failed responder-unauthorized', 32, 'kept'],
    ['octet', 'internalError', 'failed responder-internal-error', 32, 'kept'],
    ['revoked', 'tryLater', 'failed responder-try-later', 32, 'kept'],
    ['critical', 'tryLater', 'deferred responder-try-later', 32, 'kept'],
    ['critical', 'the same octets', 'deferred no-newer-response', 32, 'kept'],
    ['critical', 'the same times', 'deferred no-newer-response', 32, 'kept'],
    ['due', 'tryLater', 'deferred responder-try-later', 32, 'kept', { args: ['--strict'] }],
  ]);
});

describe('a revoked certificate is never stapled as such', () => {
  rows([
    ['due', 'revoked', 'revoked certificate-revoked', 32, 'kept'],
    ['missing', 'revoked', 'revoked certificate-revoked', 32, 'kept'],
    ['expired', 'revoked', 'revoked certificate-revoked', 32, 'kept'],
    ['empty', 'revoked', 'revoked certificate-revoked', 32, 'kept'],
    ['revoked', 'revoked', 'revoked certificate-revoked', 32, 'kept'],
    ['fresh', 'revoked', 'revoked certificate-revoked', 32, 'kept', { args: ['--force'] }],
  ]);
});

describe('options', () => {
  const force = { args: ['--force'] };
  const dryRun = { args: ['--dry-run'] };
  rows([
    ['fresh', 'good', 'updated forced', 2, 'new', force],
    ['fresh', 'an older one', 'updated forced', 2, 'new', force],
    ['fresh', 'the same octets', 'unchanged same-response', 0, 'kept', force],
    ['fresh', 'tryLater', 'deferred responder-try-later', 0, 'kept', force],
    ['fresh', 'tryLater', 'deferred responder-try-later', 32, 'kept', { args: ['--force', '--strict'] }],
    // Force is for age, and for nothing else.
    ['fresh', 'one of another certificate', 'deferred certid-mismatch', 0, 'kept', force],
    ['fresh', 'an expired one', 'deferred response-expired', 0, 'kept', force],
    ['due', 'good', 'unchanged dry-run', 0, 'kept', dryRun],
    ['missing', 'good', 'unchanged dry-run', 0, 'kept', dryRun],
    ['fresh', undefined, 'unchanged fresh', 0, 'kept', dryRun],
    ['fresh', 'good', 'unchanged dry-run', 0, 'kept', { args: ['--force', '--dry-run'] }],
    ['missing', 'tryLater', 'failed responder-try-later', 32, 'kept', dryRun],
  ]);
});

describe('thresholds', () => {
  rows([
    // Two days are left.
    ['due', 'tryLater', 'deferred responder-try-later', 32, 'kept', { keys: { critical_validity: '3d' } }],
    ['due', 'tryLater', 'deferred responder-try-later', 0, 'kept', { keys: { critical_validity: '1d' } }],
    ['due', undefined, 'unchanged fresh', 0, 'kept', { keys: { minimum_validity: '47h' } }],
    ['due', 'good', 'updated due', 2, 'new', { keys: { minimum_validity: '49h' } }],
    ['due', undefined, 'unchanged fresh', 0, 'kept', { keys: { minimum_validity_percentage: 33 } }],
    ['due', 'good', 'updated due', 2, 'new', { keys: { minimum_validity_percentage: 34 } }],
    // The earliest of both.
    [
      'due',
      'good',
      'updated due',
      2,
      'new',
      { keys: { minimum_validity: '49h', minimum_validity_percentage: 33 } },
    ],
    // A third of the threshold is critical where nothing else is written.
    ['due', 'tryLater', 'deferred responder-try-later', 0, 'kept', { keys: { minimum_validity: '140h' } }],
    ['due', 'tryLater', 'deferred responder-try-later', 32, 'kept', { keys: { minimum_validity: '146h' } }],
    // Twelve hours are left.
    [
      'critical',
      'tryLater',
      'deferred responder-try-later',
      0,
      'kept',
      { keys: { critical_validity: '11h' } },
    ],
  ]);
});

describe('the certificate', () => {
  const expired = { certificate: { notAfter: NOW - HOUR } };
  const future = { certificate: { notBefore: NOW + HOUR } };
  const week = { certificate: { notBefore: NOW - DAY, notAfter: NOW + 6 * DAY } };
  const silent = { ocspUrls: [] };
  rows([
    ['missing', undefined, 'failed certificate-expired', 32, 'kept', expired],
    ['fresh', undefined, 'failed certificate-expired', 32, 'kept', expired],
    ['missing', undefined, 'failed certificate-expired', 32, 'kept', { ...expired, args: ['--force'] }],
    ['missing', undefined, 'failed clock-wrong', 32, 'kept', future],
    ['fresh', undefined, 'deferred clock-wrong', 32, 'kept', future],
    ['ahead', undefined, 'deferred clock-wrong', 32, 'kept'],
    ['missing', 'good', 'updated absent', 2, 'new', week],
    ['missing', undefined, 'not-applicable no-responder', 0, 'kept', { certificate: silent }],
    ['fresh', undefined, 'not-applicable no-responder', 0, 'kept', { certificate: silent }],
    [
      'expired',
      undefined,
      'not-applicable no-responder',
      0,
      'kept',
      { certificate: silent, args: ['--strict'] },
    ],
    [
      'missing',
      undefined,
      'not-applicable short-lived',
      0,
      'kept',
      { certificate: { ...silent, ...week.certificate } },
    ],
    [
      'missing',
      undefined,
      'not-applicable no-rev-avail',
      0,
      'kept',
      { certificate: { ...silent, noRevAvail: true } },
    ],
    [
      'missing',
      undefined,
      'failed no-responder',
      32,
      'kept',
      { certificate: { ...silent, mustStaple: true } },
    ],
    [
      'expired',
      undefined,
      'failed no-responder',
      32,
      'kept',
      { certificate: { ...silent, mustStaple: true } },
    ],
    [
      'fresh',
      undefined,
      'deferred no-responder',
      0,
      'kept',
      { certificate: { ...silent, mustStaple: true } },
    ],
    [
      'critical',
      undefined,
      'deferred no-responder',
      32,
      'kept',
      { certificate: { ...silent, mustStaple: true } },
    ],
    ['missing', 'good', 'updated absent', 2, 'new', { certificate: { mustStaple: true } }],
    [
      'missing',
      undefined,
      'failed url-unsupported',
      32,
      'kept',
      { certificate: { ocspUrls: ['ldap://ldap.example/ou=ocsp'] } },
    ],
  ]);
});

describe('the request', () => {
  interface Asked {
    readonly method: string;
    readonly hash: string;
    readonly nonce: number;
  }
  const usual = { method: 'GET', hash: 'sha1', nonce: 0 };
  const cases: readonly (readonly [Record<string, unknown>, AnswerName, Asked])[] = [
    [{}, 'good', usual],
    [{ method: 'post' }, 'good', { ...usual, method: 'POST' }],
    [
      { hash: 'sha256', nonce: true, method: 'get' },
      'no nonce',
      { method: 'GET', hash: 'sha256', nonce: 32 },
    ],
    [{ nonce: true, method: 'post' }, 'good', { ...usual, method: 'POST', nonce: 32 }],
  ];

  test.each(cases)('http: %j, answer: %s', async (http, answer, asked) => {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('example.com');
    workspace.configure({ http });
    pki.responder.set(makeAnswer(answer, 'missing', { pki, certificate, installed: undefined }), certificate);
    const run = await workspace.run('--json');
    expect(onlyOne(reportOf(run))).toMatchObject({ outcome: 'updated', responder: pki.responder.url });
    expect(run.status).toBe(2);
    const [request, ...others] = pki.requestsFor(certificate);
    expect(others).toEqual([]);
    expect({
      method: request?.method,
      hash: request?.question?.hash,
      nonce: request?.question?.nonce?.length ?? 0,
    }).toEqual(asked);
    expect(request?.question).toMatchObject({ count: 1, signed: false, singleExtensions: 0 });
    expect(request?.headers['user-agent']).toMatch(/^ocspbot\/\d/);
  });

  test('a nonce that is not ours is refused', async () => {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('example.com', { staple: 'due' });
    workspace.configure({ http: { nonce: true } });
    pki.responder.set('nonce-different', certificate);
    const before = workspace.staple('example.com');
    const run = await workspace.run('--json');
    expect(onlyOne(reportOf(run))).toMatchObject({ outcome: 'deferred', reason: 'nonce-mismatch' });
    expect(workspace.staple('example.com')).toEqual(before);
    expect(run.status).toBe(0);
  });

  test('a response without nextUpdate is good for assumed_validity', async () => {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('example.com');
    workspace.configure({ assumed_validity: '2d' });
    pki.responder.set('no-next-update', certificate);
    expect(await workspace.run()).toMatchObject({ status: 2, stderr: '' });
    const { staple } = onlyOne(reportOf(await workspace.run('--json')));
    const { this_update: from = '', next_update: until = '' } = staple ?? {};
    expect(Date.parse(until) - Date.parse(from)).toBe(2 * DAY);
  });
});

describe('which responder', () => {
  const NOBODY = 'http://127.0.0.1:1/';

  test('ocsp_responder_uri stands for the URL of the certificate', async () => {
    const workspace = makeWorkspace(pki);
    const uri = { ocsp_responder_uri: pki.responder.url };
    workspace.add('none.example', { certificate: { ocspUrls: [] }, entry: uri });
    workspace.add('dead.example', { certificate: { ocspUrls: [NOBODY] }, entry: uri });
    workspace.add('own.example', { entry: { ocsp_responder_uri: 'certificate' } });
    workspace.configure();
    const run = await workspace.run('--json');
    expect(run.status).toBe(2);
    expect(
      reportOf(run).certificates.map(({ name, outcome, responder }) => [name, outcome, responder]),
    ).toEqual(
      ['none.example', 'dead.example', 'own.example'].map((name) => [name, 'updated', pki.responder.url]),
    );
  });

  test('the second one where the first does not answer', async () => {
    const workspace = makeWorkspace(pki);
    const ocspUrls = [NOBODY, 'ldap://ldap.example/', pki.responder.url];
    workspace.add('example.com', { certificate: { ocspUrls } });
    workspace.configure();
    const run = await workspace.run('--json');
    expect(onlyOne(reportOf(run))).toMatchObject({ outcome: 'updated', responder: pki.responder.url });
    expect(run.status).toBe(2);
  });
});

describe('what a person reads', () => {
  test('one line for each certificate, and a summary', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    workspace.add('fresh.example', { staple: 'fresh' });
    workspace.add('silent.example', { certificate: { ocspUrls: [] } });
    workspace.configure();
    const { status, stdout, stderr } = await workspace.run();
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /^a\.example {7}updated {9}there was none; good until \d{4}-\S+Z \(6 days 2\d hours\)$/,
      ),
      expect.stringMatching(
        /^fresh\.example {3}unchanged {7}good until \S+Z \(6 days 23 hours\), next refresh \d{4}-\S+Z$/,
      ),
      expect.stringMatching(/^silent\.example {2}not-applicable {2}the certificate names no OCSP responder/),
      '3 certificates: 1 updated, 1 unchanged, 1 not-applicable; to reload: what uses the certificates of no service (bit 2); status 2',
    ]);
    expect(status).toBe(2);
  });

  /** Expected messages on standard error, with the hint on the next line and the requests below it. */
  const troubles: readonly (readonly [StapleName, AnswerName, said: RegExp, hint: RegExp])[] = [
    [
      'critical',
      'http 500',
      /^error: \S+: deferred: GET http:\S+ answered with status 500/,
      /next run; neither GET nor POST brought a usable response \(http\.method: auto\)$/,
    ],
    ['missing', 'html', /^error: \S+: failed: GET http:\S+ .*text\/html.*hotel.*captive portal/, /proxy/],
    [
      'due',
      'revoked',
      /^error: \S+: revoked: .*revoked at \d{4}-\S+Z, reason keyCompromise/,
      /replace the certificate/,
    ],
    ['missing', 'unknown', /^error: \S+: failed: .*does not know this certificate/, /ask the CA/],
    [
      'due',
      'tryLater',
      /^warning: \S+: deferred: .*tryLater.*; the staple in place is good until \S+Z \(1 day 23 hours\)$/,
      /next run; neither GET nor POST brought a usable response \(http\.method: auto\)$/,
    ],
    ['due', 'an older one', /^warning: \S+: deferred: .*but the installed one has /, /cache/],
  ];

  test('trouble: the certificate, the reason, and what to do', async () => {
    const workspace = makeWorkspace(pki);
    for (const [index, [staple, answer]] of troubles.entries()) {
      const { certificate } = workspace.add(`${index}.example`, { staple });
      const bytes = workspace.staple(`${index}.example`)?.content;
      const installed = bytes === undefined ? undefined : Buffer.from(bytes, 'base64');
      pki.responder.set(makeAnswer(answer, staple, { pki, certificate, installed }), certificate);
    }
    workspace.configure();
    const { status, stdout, stderr } = await workspace.run();
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(4 * troubles.length);
    for (const [index, [, , said, hint]] of troubles.entries()) {
      const [first, second, third, fourth] = lines.slice(4 * index);
      expect(first).toMatch(said);
      expect(first).toContain(`: ${index}.example: `);
      expect(second).toMatch(/^ {2}hint: /);
      expect(second).toMatch(hint);
      expect(third).toMatch(/^ {2}asked: (?:GET|POST) http:\S+ at 127\.0\.0\.1: status \d+ \(.*total .*\)$/);
      expect(fourth).toMatch(/^ {2}again: .*curl .* http:\S+$/);
    }
    expect(stdout).toMatch(
      /^6 certificates: 3 deferred \(.*\), 2 failed \(.*\), 1 revoked \(.*\); nothing to reload; status 32 \(needs attention: 1 critical, 2 failed, 1 revoked\)\n$/,
    );
    expect(status).toBe(32);
  });

  test('a left-over staple is pointed out, and stays', async () => {
    const workspace = makeWorkspace(pki);
    const { file } = workspace.add('example.com', { staple: 'fresh', certificate: { ocspUrls: [] } });
    workspace.configure();
    const { status, stderr } = await workspace.run();
    expect(stderr).toMatch(/^warning: example\.com: \S+example\.com\.ocsp is left over/);
    expect(status).toBe(0);
    expect(workspace.sandbox.exists(file)).toBe(true);
  });

  test('a private key where the certificate should be', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com');
    workspace.add('good.example', { staple: 'fresh' });
    workspace.sandbox.write(
      'example.com/cert.pem',
      '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n',
    );
    workspace.configure();
    const { status, stdout, stderr } = await workspace.run();
    expect(stderr).toMatch(
      /^error: example\.com: failed: \S+cert\.pem holds a private key, no certificate\n {2}hint: /,
    );
    expect(stdout).toContain('good.example  unchanged');
    expect(status).toBe(32);
  });
});

test.each([
  [
    '30d',
    [
      'the new response is due at once: it lives for 7 days, and minimum_validity is 30 days; every run will replace it',
    ],
  ],
  ['1d', []],
])('a response against a minimum_validity of %s', async (minimumValidity, warnings) => {
  const workspace = makeWorkspace(pki);
  const { certificate } = workspace.add('a.example');
  pki.responder.set({ kind: 'bytes', bytes: pki.response(certificate, -HOUR, 7 * DAY - HOUR) }, certificate);
  workspace.configure({ minimum_validity: minimumValidity });
  const run = await workspace.run('--json');
  expect(run.status).toBe(2);
  expect(onlyOne(reportOf(run))).toMatchObject({ outcome: 'updated', warnings });
});

test('an empty file is told as that', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', { staple: 'empty' });
  workspace.configure();
  const { message } = onlyOne(reportOf(await workspace.run('--json')));
  expect(message).toMatch(/^the old one was unusable: the response is empty; good until /);
});
