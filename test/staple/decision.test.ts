import { describe, expect, test } from 'vitest';
import type { Thresholds } from '../../src/configuration/model.js';
import { decide, type Situation } from '../../src/staple/decide.js';
import { scheduleOf } from '../../src/staple/schedule.js';
import { DAY, HOUR, MINUTE } from '../../src/util/time.js';

const T0 = Date.UTC(2030, 0, 1);
const NONE: Thresholds = { minimumValidity: undefined, minimumShare: undefined, criticalValidity: undefined };
const CERTIFICATE = { notBefore: T0 - 30 * DAY, notAfter: T0 + 60 * DAY };

describe('scheduleOf', () => {
  const week = { thisUpdate: T0, usefulUntil: T0 + 8 * DAY };
  const rows: [string, Partial<Thresholds>, typeof week, typeof CERTIFICATE, number, number][] = [
    // thresholds → refreshAt and criticalAt, in hours from T0
    ['half of the lifetime without any', {}, week, CERTIFICATE, 96, 160],
    ['minimum_validity', { minimumValidity: 3 * DAY }, week, CERTIFICATE, 120, 168],
    ['minimum_validity_percentage', { minimumShare: 0.25 }, week, CERTIFICATE, 144, 176],
    [
      'the earlier of both: time',
      { minimumValidity: 3 * DAY, minimumShare: 0.25 },
      week,
      CERTIFICATE,
      120,
      168,
    ],
    [
      'the earlier of both: share',
      { minimumValidity: 1 * DAY, minimumShare: 0.5 },
      week,
      CERTIFICATE,
      96,
      160,
    ],
    ['0 percent: early enough for an hourly run', { minimumShare: 0 }, week, CERTIFICATE, 190.5, 191.5],
    [
      'half of it where no hourly run can keep it good',
      {},
      { ...week, usefulUntil: T0 + HOUR },
      CERTIFICATE,
      0.5,
      5 / 6,
    ],
    ['100 percent: at once', { minimumShare: 1 }, week, CERTIFICATE, 0, 128],
    [
      'a critical_validity of its own',
      { minimumValidity: 3 * DAY, criticalValidity: 5 * HOUR },
      week,
      CERTIFICATE,
      120,
      187,
    ],
    [
      'critical before due: due then',
      { minimumValidity: DAY, criticalValidity: 2 * DAY },
      week,
      CERTIFICATE,
      144,
      144,
    ],
    ['a certificate that ends first', {}, week, { ...CERTIFICATE, notAfter: T0 + 4 * DAY }, 48, 80],
    ['a certificate that begins later', {}, week, { ...CERTIFICATE, notBefore: T0 + 4 * DAY }, 144, 176],
    ['a lifetime shorter than the threshold', { minimumValidity: 30 * DAY }, week, CERTIFICATE, -528, 128],
  ];
  test.each(rows)('%s', (_, thresholds, response, certificate, refreshAt, criticalAt) => {
    const schedule = scheduleOf(response, certificate, { ...NONE, ...thresholds });
    expect((schedule.refreshAt - T0) / HOUR).toBeCloseTo(refreshAt, 6);
    expect((schedule.criticalAt - T0) / HOUR).toBeCloseTo(criticalAt, 6);
  });

  test('a validity of five minutes works', () => {
    const short = { thisUpdate: T0, usefulUntil: T0 + 5 * MINUTE };
    expect(scheduleOf(short, CERTIFICATE, NONE)).toMatchObject({
      refreshAt: T0 + 2.5 * MINUTE,
      end: T0 + 5 * MINUTE,
    });
  });
});

describe('decide', () => {
  const usable: Situation['staple'] = {
    kind: 'usable',
    response: { thisUpdate: T0, usefulUntil: T0 + 8 * DAY },
  };
  const unusable: Situation['staple'] = { kind: 'unusable' };
  const usual: Situation = {
    staple: usable,
    isRestored: false,
    certificate: CERTIFICATE,
    thresholds: NONE,
    hasResponder: true,
    trigger: 'due',
    now: T0 + DAY,
    earliest: 0,
  };
  const rows: [string, Partial<Situation>, object][] = [
    ['a fresh one is kept', {}, { kind: 'keep', until: T0 + 4 * DAY }],
    ['at the very instant it is due', { now: T0 + 4 * DAY }, { kind: 'refresh', reason: 'due' }],
    ['a millisecond before it is not', { now: T0 + 4 * DAY - 1 }, { kind: 'keep', until: T0 + 4 * DAY }],
    [
      'one that was put back is kept until it is critical',
      { isRestored: true, now: T0 + 4 * DAY },
      { kind: 'keep' },
    ],
    ['and not longer', { isRestored: true, now: T0 + 160 * HOUR }, { kind: 'refresh', reason: 'due' }],
    ['nor where a new one is wanted by force', { isRestored: true, trigger: 'forced' }, { kind: 'refresh' }],
    [
      'nor where one is given by force',
      { isRestored: true, trigger: 'given-by-force' },
      { reason: 'forced' },
    ],
    ['but where one is given without', { isRestored: true, trigger: 'given' }, { kind: 'keep' }],
    ['what is given replaces a fresh one', { trigger: 'given' }, { kind: 'refresh', reason: 'given' }],
    [
      'nor where another is to be put back',
      { isRestored: true, trigger: 'rollback' },
      { reason: 'rolled-back' },
    ],
    ['by force', { trigger: 'forced' }, { kind: 'refresh', reason: 'forced' }],
    ['none', { staple: { kind: 'absent' } }, { kind: 'refresh', reason: 'absent' }],
    ['unreadable', { staple: { kind: 'unreadable' } }, { kind: 'refresh', reason: 'unreadable' }],
    ['no response', { staple: { kind: 'other' } }, { kind: 'skip', reason: 'not-replaceable' }],
    ['not even by force', { staple: { kind: 'other' }, trigger: 'forced' }, { reason: 'not-replaceable' }],
    ['nor by a rollback', { staple: { kind: 'other' }, trigger: 'rollback' }, { reason: 'not-replaceable' }],
    ['foreign', { staple: { kind: 'foreign' } }, { kind: 'refresh', reason: 'foreign' }],
    ['of no use', { staple: unusable }, { kind: 'refresh', reason: 'unusable' }],
    ['no responder', { hasResponder: false, staple: unusable }, { kind: 'skip', reason: 'no-responder' }],
    ['at its last instant a certificate is asked about', { now: CERTIFICATE.notAfter }, { kind: 'refresh' }],
    [
      'an expired certificate',
      { now: CERTIFICATE.notAfter + 1 },
      { kind: 'skip', reason: 'certificate-expired' },
    ],
    ['not even by force', { now: CERTIFICATE.notAfter + 1, trigger: 'forced' }, { kind: 'skip' }],
    [
      'a clock before the certificate',
      { now: CERTIFICATE.notBefore - 1 },
      { kind: 'skip', reason: 'clock-wrong' },
    ],
    [
      'a clock before this program was built',
      { earliest: T0 + 2 * DAY },
      { kind: 'skip', reason: 'clock-wrong' },
    ],
    ['a staple ahead of the clock', { staple: { kind: 'ahead' } }, { kind: 'skip', reason: 'clock-wrong' }],
    ['nor for what is given', { staple: { kind: 'ahead' }, trigger: 'given' }, { reason: 'clock-wrong' }],
    ['unless by force', { staple: { kind: 'ahead' }, trigger: 'forced' }, { reason: 'forced' }],
    ['given by force', { staple: { kind: 'ahead' }, trigger: 'given-by-force' }, { reason: 'forced' }],
    ['or rolled back', { staple: { kind: 'ahead' }, trigger: 'rollback' }, { reason: 'rolled-back' }],
    [
      'but not even so before the program was built',
      { staple: { kind: 'ahead' }, trigger: 'rollback', earliest: T0 + 2 * DAY },
      { reason: 'clock-wrong' },
    ],
  ];
  test.each(rows)('%s', (_, change, decision) => {
    expect(decide({ ...usual, ...change })).toMatchObject(decision);
  });
});
