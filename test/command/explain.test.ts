import { describe, expect, test } from 'vitest';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { DAY, NOW } from './support/times.js';
import { openTestPki } from './support/test-pki.js';
import type { StapleName } from './support/staples.js';

const pki = openTestPki();

async function explain(staple: StapleName, ...options: string[]) {
  const workspace = makeWorkspace(pki);
  const { certificate } = workspace.add('a.example', { staple, entry: { services: ['web'] } });
  workspace.configure({ services: { web: { exit_bit: 2 } }, minimum_validity: '3d' });
  const before = workspace.sandbox.snapshot();
  const run = await workspace.runCommand('explain', 'a.example', 'ocspbot.yaml', ...options);
  expect(workspace.sandbox.snapshot()).toEqual(before);
  return { ...run, certificate };
}

describe('what it tells', () => {
  const rows: [StapleName, number, object][] = [
    ['fresh', 0, { decision: 'keep', staple: { state: 'usable', verdict: 'good' } }],
    ['due', 0, { decision: 'refresh', reason: 'due', staple: { state: 'usable' } }],
    [
      'expired',
      32,
      { decision: 'refresh', reason: 'unusable', staple: { state: 'unusable', code: 'response-expired' } },
    ],
    [
      'foreign',
      32,
      { decision: 'refresh', reason: 'foreign', staple: { state: 'foreign', code: 'certid-mismatch' } },
    ],
    ['revoked', 32, { decision: 'refresh', reason: 'unusable', staple: { verdict: 'revoked' } }],
    ['empty', 32, { decision: 'refresh', reason: 'unusable', staple: { code: 'der-malformed' } }],
    ['missing', 32, { decision: 'refresh', reason: 'absent', staple: { state: 'absent' }, checks: [] }],
  ];
  test.each(rows)('of a staple that is %s', async (staple, status, told) => {
    const run = await explain(staple, '--json');
    expect(run).toMatchObject({ status, stderr: '' });
    const document = JSON.parse(run.stdout) as { checks: Record<string, unknown>[] };
    expect(document).toMatchObject({ schema: 1, name: 'a.example', services: ['web'], ...told });
    for (const check of document.checks) {
      expect(check).toMatchObject({
        step: expect.any(Number),
        section: expect.any(String),
        evidence: expect.any(String),
      });
      if (check['outcome'] === 'failed')
        expect(check).toMatchObject({ class: expect.any(String), remedy: expect.any(String) });
    }
    expect(document.checks.map(({ step }) => step)).toEqual(
      document.checks.map(({ step }) => step).toSorted(byNumber),
    );
  });

  test('to people', async () => {
    const fresh = await explain('fresh');
    expect(fresh.stdout).toMatch(/^a\.example\ncertificate {2}"\S+", serial [0-9a-f]+, in \/.*\n/);
    expect(fresh.stdout).toMatch(/^10 {2}passed {6}signature: .*\(RFC 6960 §3\.2 \(2\)\)$/m);
    expect(fresh.stdout).toMatch(
      /\n\na run now would keep the staple\nrefresh {6}from \S+Z \(in .*\)\ncritical {5}from/,
    );
    const expired = await explain('expired');
    expect(expired.stdout).toMatch(
      /^15 {2}failed .*has passed.*\n {4}response-expired, policy: the responder/m,
    );
    expect(expired.stdout).toMatch(/\n\na run now would fetch a new one: unusable\n$/);
  });
});

test('what keeps a run from asking', async () => {
  const workspace = makeWorkspace(pki);
  const { certificate } = workspace.add('a.example', { staple: 'due' });
  pki.responder.set('tryLater', certificate);
  workspace.configure({ http: { attempts: 1 } });
  await workspace.run();
  const { stdout } = await workspace.runCommand('explain', 'a.example');
  expect(stdout).toMatch(
    /\n\na run now would not ask before \S+Z \(in \d minutes.*\): responder-try-later, \S+Z \(.* ago\)\nrefresh {6}from/,
  );
  const { waiting } = JSON.parse((await workspace.runCommand('explain', 'a.example', '--json')).stdout) as {
    waiting: object;
  };
  expect(waiting).toMatchObject({ until: expect.any(String), why: 'responder-try-later' });
});

test.each<[string, Parameters<Workspace['add']>[1], action: string, message: string, hint: string]>([
  [
    'an expired certificate',
    { certificate: { notBefore: NOW - 90 * DAY, notAfter: NOW - DAY } },
    'not ask for one: certificate-expired',
    'the certificate expired at ',
    'renew the certificate, ',
  ],
  [
    'a URL that is not asked by HTTP',
    { certificate: { ocspUrls: ['ldap://ocsp.example'] } },
    'fail: url-unsupported',
    'no OCSP URL of the certificate can be used: ',
    'set ocsp_responder_uri ',
  ],
])('says why a run cannot fetch one, and what to do, about %s', async (_, options, action, message, hint) => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', options);
  workspace.configure();
  const { status, stdout } = await workspace.runCommand('explain', 'a.example');
  expect(status).toBe(32);
  const [next, why, advice] = stdout.slice(stdout.indexOf('\n\n') + 2).split('\n');
  expect(next).toBe(`a run now would ${action}`);
  expect(why?.startsWith(`  ${message}`)).toBe(true);
  expect(advice?.startsWith(`  hint: ${hint}`)).toBe(true);
  const json = JSON.parse((await workspace.runCommand('explain', 'a.example', '--json')).stdout) as object;
  expect(json).toMatchObject({
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });
});

test.each<[string, StapleName, certificate: object, action: string, after: RegExp]>([
  [
    'is rewritten',
    'fresh',
    { ocspUrls: ['ldap://ocsp.example'] },
    'keep the response, and write it in the other format',
    /^refresh /,
  ],
  ['has no responder', 'fresh', { ocspUrls: [] }, 'not ask for one: no-responder', /names no OCSP responder/],
  ['is due', 'due', {}, 'fetch a new one: due', /^refresh /],
])(
  'says what a run does with a staple in the other format that %s',
  async (_, staple, certificate, action, after) => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple, certificate, entry: { format: 'pem-chain' } });
    workspace.configure();
    const { stdout } = await workspace.runCommand('explain', 'a.example');
    const [next, then] = stdout.slice(stdout.indexOf('a run now')).split('\n');
    expect(next).toBe(`a run now would ${action}`);
    expect(then).toMatch(after);
  },
);

test('says in words that there is nothing to staple', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', { certificate: { ocspUrls: [] } });
  workspace.configure();
  const { stdout } = await workspace.runCommand('explain', 'a.example');
  expect(stdout).toMatch(
    /\n\na run now would not ask for one: no-responder\n {2}the certificate names no OCSP responder: there is nothing to staple\n$/,
  );
});

function byNumber(one: unknown, other: unknown): number {
  return Number(one) - Number(other);
}

test('a name that is not there', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example');
  workspace.configure();
  const run = await workspace.runCommand('explain', 'a.exmaple', 'ocspbot.yaml');
  expect(run).toMatchObject({ status: 64, stdout: '' });
  expect(run.stderr).toBe(
    'error: ocspbot.yaml has no certificate of the name a.exmaple\n  hint: did you mean "a.example"?\n',
  );
});
