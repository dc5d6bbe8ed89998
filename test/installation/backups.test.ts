import { describe, expect, it } from 'vitest';
import { backupName, parseBackupName, prunePlan, type BackupName } from '../../src/storage/backup-names.js';
import { DAY, SECOND } from '../../src/util/time.js';
import { NOW } from './support/tools.js';

describe('the name of a backup', () => {
  it.each([
    ['a.ocsp', 1, 'a.ocsp-20260301-120000'],
    ['a.ocsp', 2, 'a.ocsp-20260301-120000-2'],
    ['a.ocsp', 99, 'a.ocsp-20260301-120000-99'],
    ['a-20260101-000000', 1, 'a-20260101-000000-20260301-120000'],
    ['a-20260101-000000-2', 3, 'a-20260101-000000-2-20260301-120000-3'],
    ['-', 1, '--20260301-120000'],
    ['a\nb', 1, 'a\nb-20260301-120000'],
  ])('of %j, number %i, is %j, and is read again', (of, number, name) => {
    expect(backupName(of, NOW, number)).toBe(name);
    expect(parseBackupName(name)).toEqual({ name, of, number, made: NOW });
  });

  it.each([
    'a.ocsp',
    'a.ocsp-20260101',
    'a.ocsp-20260101-000000.keep',
    'a.ocsp-20260101-000000-1',
    'a.ocsp-20260101-000000-0',
    'a.ocsp-20260101-000000-02',
    'a.ocsp-20260101-000000-100',
    'a.ocsp-20260101-000000-',
    'a.ocsp-20260101-000000\n',
    'a.ocsp-20260230-000000',
    'a.ocsp-20261301-000000',
    'a.ocsp-20260101-240000',
    'a.ocsp-20260101-006000',
    'a.ocsp-2026010a-000000',
    'a.ocsp-٢٠٢٦٠١٠١-000000',
    '-20260101-000000',
    '20260101-000000',
  ])('is not %j', (name) => {
    expect(parseBackupName(name)).toBeUndefined();
  });
});

/** Backups of so many days ago. */
function ago(...days: number[]): BackupName[] {
  return days.map((day) => parseBackupName(backupName('a', NOW - day * DAY, 1)) as BackupName);
}

const daysOf = (names: readonly string[]): number[] =>
  names.map((name) => (NOW - (parseBackupName(name)?.made ?? 0)) / DAY);

describe('pruning', () => {
  it.each([
    // days of the backups, keep, most days of age; which go
    [[0, 1, 2, 3], 2, undefined, [2, 3]],
    [[3, 1, 0, 2], 2, undefined, [2, 3]],
    [[0, 1, 2, 3], 10, undefined, []],
    [[0, 1, 2, 3], 10, 1, [2, 3]],
    [[0, 1, 2, 3], 3, 1, [2, 3]],
    [[0, 1, 2, 3], 1, 30, [1, 2, 3]],
    [[100, 200], 10, 30, [200]],
    [[100], 10, 30, []],
    [[100], 0, 0, []],
    [[0, 1], 0, undefined, [1]],
    [[], 0, 0, []],
    // A backup from the future is the newest, and counts.
    [[-400, 0, 1, 2], 2, undefined, [1, 2]],
  ])('of %j with keep %i and max_age %s removes %j', (days, keep, maxDays, expected) => {
    const maxAge = maxDays === undefined ? undefined : maxDays * DAY;
    expect(daysOf(prunePlan(ago(...days), { keep, maxAge }, NOW, undefined))).toEqual(expected);
  });

  it('spares the backup of this run, though one from the future is newer', () => {
    const [future, current, old] = ago(-400, 0, 1);
    const all = [future, current, old].flatMap((backup) => backup ?? []);
    expect(prunePlan(all, { keep: 1, maxAge: undefined }, NOW, current?.name)).toEqual([old?.name]);
  });

  it('takes the higher number of one second for the newer', () => {
    const names = ['a-20260301-120000', 'a-20260301-120000-10', 'a-20260301-120000-2'];
    const backups = names.flatMap((name) => parseBackupName(name) ?? []);
    expect(prunePlan(backups, { keep: 1, maxAge: undefined }, NOW, undefined)).toEqual([names[2], names[0]]);
  });

  it('counts an age equal to max_age as young enough', () => {
    const maxAge = DAY;
    expect(prunePlan(ago(0, 1), { keep: 9, maxAge }, NOW, undefined)).toEqual([]);
    expect(prunePlan(ago(0, 1), { keep: 9, maxAge }, NOW + SECOND, undefined)).toHaveLength(1);
  });
});
