import { describe, expect, test } from 'vitest';
import { type Basis, NO_BASIS, type Outcome, type RunReport } from '../../src/report/outcome.js';
import { summary, summaryLines } from '../../src/report/summary.js';
import { groupLine, groupTroubles } from '../../src/report/troubles.js';
import type { Reload } from '../../src/services/reload.js';
import { OcspbotError } from '../../src/util/errors.js';

const NOW = Date.UTC(2026, 2, 1, 12);
const DAY = 86_400_000;

const answerOf = (verdict: 'good' | 'refused'): Basis => ({
  kind: 'answer',
  verdict,
  origin: { kind: 'responder', url: 'http://ocsp.example/' },
  attempts: [],
});
const FACTS = {
  file: '/ocsp/a.ocsp',
  services: ['web'],
  message: 'it happened',
  hint: 'do this',
  warnings: [],
  alarms: [],
  staple: undefined,
  basis: answerOf('refused'),
  exchanges: [],
};
const TIMES = {
  thisUpdate: NOW,
  nextUpdate: NOW + DAY,
  usefulUntil: NOW + DAY,
  refreshAt: NOW,
  signer: 'CA',
  remarks: [],
};

const updated = (name: string): Outcome => ({
  ...FACTS,
  name,
  kind: 'updated',
  reason: 'due',
  staple: TIMES,
});
const unchanged = (name: string, reason: 'fresh' | 'dry-run' = 'fresh'): Outcome => ({
  ...FACTS,
  name,
  kind: 'unchanged',
  reason,
});
const failed = (name: string, other: Partial<Outcome> = {}): Outcome =>
  ({ ...FACTS, name, kind: 'failed', reason: 'timeout', ...other }) as Outcome;
const deferred = (name: string, until: number): Outcome => ({
  ...FACTS,
  name,
  kind: 'deferred',
  reason: 'timeout',
  isCritical: false,
  staple: { ...TIMES, usefulUntil: until },
});

function report(changes: Partial<RunReport> = {}): RunReport {
  return {
    now: NOW,
    dryRun: false,
    strict: false,
    outcomes: [],
    notReached: [],
    stopped: undefined,
    services: [],
    reloads: [],
    reload: [],
    pendingBefore: [],
    complaints: [],
    complaintsMatter: false,
    warnings: [],
    unusableFiles: [],
    attention: [],
    status: 0,
    ...changes,
  };
}

const reloaded = (service: string): Reload => ({ kind: 'reloaded', service, live: [], warning: undefined });
const left = { kind: 'left', service: 'mail', message: 'not loaded', hint: 'reload it' } as const;

describe('the summary', () => {
  const rows: [string, Partial<RunReport>, RegExp][] = [
    ['of nothing', {}, /^0 certificates: none; nothing to reload; status 0$/],
    [
      'of a quiet run',
      { outcomes: [unchanged('a')] },
      /^1 certificate: 1 unchanged; nothing to reload; status 0$/,
    ],
    [
      'of a dry run',
      { outcomes: [unchanged('a')], dryRun: true },
      /^1 certificate: 1 unchanged; nothing was written; status 0$/,
    ],
    [
      'of a dry run that would have updated something',
      { outcomes: [unchanged('a'), unchanged('b', 'dry-run')], dryRun: true },
      /^2 certificates: 1 would update, 1 unchanged; nothing was written; status 0$/,
    ],
    [
      'counts kinds in their order, and names services to reload',
      { outcomes: [unchanged('a'), updated('b'), updated('c')], reload: ['web', 'mail'], status: 6 },
      /^3 certificates: 2 updated, 1 unchanged; to reload: web, mail; status 6$/,
    ],
    [
      'names the cause and the host of what failed, and why the status has 32',
      { outcomes: [failed('a'), failed('b')], attention: ['2 failed'], status: 32 },
      /^2 certificates: 2 failed \(timeout at ocsp\.example\); .*; status 32 \(needs attention: 2 failed\)$/,
    ],
    [
      'names no host when a good response came and could not be written',
      { outcomes: [failed('a', { reason: 'no-space', basis: answerOf('good') })], status: 32 },
      /^1 certificate: 1 failed \(no-space\); /,
    ],
    [
      'names services that were reloaded',
      { outcomes: [updated('a')], reloads: [reloaded('web'), left] },
      /; reloaded web; status 0$/,
    ],
    [
      'counts those that were not asked about and not reached apart',
      { outcomes: [failed('a'), failed('b', { reason: 'not-asked' })], notReached: ['c'], status: 32 },
      /1 failed \(.*\), 1 not asked about, 1 not looked at \(stop_on_error\)/,
    ],
    [
      'speaks of certificates of no service by their bit',
      { reload: ['-'], status: 2 },
      /no service \(bit 2\)/,
    ],
  ];
  test.each(rows)('%s', (_, changes, expected) => {
    expect(summary(report(changes))).toMatch(expected);
  });
});

describe('the lines before it', () => {
  const textOf = (changes: Partial<RunReport>) =>
    summaryLines(report(changes)).map(({ severity, text }) => `${severity}|${text}`);

  test('are none where nothing is to be told', () => {
    expect(textOf({ outcomes: [updated('a')] })).toEqual([]);
  });

  test('say what an earlier run has left, and whether it is asked for now', () => {
    const [line] = textOf({ pendingBefore: ['web'] });
    expect(line).toMatch(/^warning\|warning: an earlier run has left web without a reload; asked for now$/);
    expect(textOf({ pendingBefore: ['web'], reloads: [reloaded('web')] })[0]).not.toContain('asked for');
  });

  test('say why the run was stopped and what it has not looked at, at most ten names', () => {
    const stopped = new OcspbotError('run-timeout', 'the run took too long', { hint: 'raise it' });
    const notReached = Array.from({ length: 12 }, (_, index) => `d${index}`);
    const [line] = textOf({ stopped, notReached });
    expect(line).toMatch(
      /^error\|error: the run took too long; not looked at: d0, .*, d9 and 2 more\n {2}hint/,
    );
    expect(textOf({ stopped })).toEqual([expect.stringMatching(/^warning\|/)]);
  });

  test('of a complaint are errors only where it needs attention', () => {
    expect(textOf({ complaints: ['x.der fits nothing'] })[0]).toMatch(/^warning/);
    expect(textOf({ complaints: ['x.der fits nothing'], complaintsMatter: true })[0]).toMatch(/^error/);
  });
});

describe('troubles', () => {
  test('of one cause at one host are one paragraph, and errors come first', () => {
    const outcomes = [deferred('a', NOW + 2 * DAY), updated('b'), deferred('c', NOW + DAY), failed('d')];
    const groups = groupTroubles(outcomes, false);
    expect(
      groups.map(({ severity, outcomes: members }) => [severity, members.map(({ name }) => name)]),
    ).toEqual([
      ['error', ['d']],
      ['warning', ['a', 'c']],
    ]);
    expect(groupLine(groups[1]!, false)).toEqual({
      severity: 'warning',
      text:
        'warning: a: deferred: it happened\n' +
        '  likewise: c; the first staple to end is that of c: 2026-03-02T12:00:00Z\n  hint: do this',
      event: expect.objectContaining({ certificates: ['a', 'c'], outcome: 'deferred' }),
    });
  });

  test('are errors all in a strict run', () => {
    expect(groupTroubles([deferred('a', NOW + DAY)], true)).toMatchObject([{ severity: 'error' }]);
  });

  test('on this machine that need different remedies have paragraphs of their own', () => {
    const trouble = (name: string, hint: string) =>
      failed(name, { reason: 'not-a-certificate', basis: NO_BASIS, hint });
    const some = ['p12', 'csr', 'p12', 'p12', 'csr'].map((kind, index) => trouble(`d${index}`, kind));
    expect(groupTroubles(some, false).map((group) => groupLine(group, false).text)).toEqual([
      'error: d0: failed: it happened\n  likewise: d2, d3\n  hint: p12',
      'error: d1: failed: it happened\n  likewise: d4\n  hint: csr',
    ]);
    const many = [0, 1, 2, 3].map((index) => trouble(`d${index}`, `convert d${index}`));
    expect(groupTroubles(many, false).map((group) => groupLine(group, false).text)).toEqual([
      'error: d0: failed: it happened\n' +
        '  likewise (the hint of each: ocspbot explain NAME): d1, d2, d3\n' +
        '  hint: convert d0',
    ]);
  });

  test('on this machine are told one by one while they are few', () => {
    const local = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        failed(`d${index}`, { reason: 'no-space', basis: NO_BASIS }),
      );
    expect(groupTroubles(local(3), false)).toHaveLength(3);
    expect(groupTroubles(local(4), false)).toHaveLength(1);
  });
});
