import { describe, expect, test } from 'vitest';
import { UNASSIGNED, type Service } from '../../src/configuration/model.js';
import { servicesOf, statusOf, statusOfError } from '../../src/report/exit-status.js';

const SERVICES: readonly Pick<Service, 'name' | 'exitBit'>[] = [
  { name: 'nginx', exitBit: 1 },
  { name: 'mail', exitBit: 2 },
  { name: 'proxy', exitBit: 16 },
  { name: 'also-mail', exitBit: 2 },
];

describe('statusOf', () => {
  test.each([
    [[], false, 0],
    [[], true, 32],
    [['nginx'], false, 1],
    [['nginx', 'mail', 'proxy'], false, 19],
    [['mail', 'also-mail'], false, 2],
    [['nginx', 'mail', 'proxy', 'also-mail'], true, 51],
    [[UNASSIGNED], false, 1],
    [[UNASSIGNED, 'nginx'], true, 33],
    [['gone from the configuration'], false, 1],
  ])('%j, a person: %s → %i', (reload, needsPerson, status) => {
    expect(statusOf(reload, SERVICES, needsPerson)).toBe(status);
  });

  test('is between 0 and 63 whatever happens', () => {
    const all = Array.from({ length: 300 }, (_, index) => ({ name: `s${index}`, exitBit: 16 as const }));
    expect(
      statusOf(
        all.map(({ name }) => name),
        all,
        true,
      ),
    ).toBe(48);
  });
});

test.each([
  [0, []],
  [1, ['nginx']],
  [2, ['mail', 'also-mail']],
  [33, ['nginx']],
  [63, ['nginx', 'mail', 'proxy', 'also-mail']],
  [32, []],
  [64, []],
  [75, []],
  [78, []],
  [137, []],
])('the services of status %i', (status, names) => {
  expect(servicesOf(status, SERVICES)).toEqual(names);
});

test.each([
  ['usage', 64],
  ['internal', 70],
  ['not-permitted', 73],
  ['no-space', 73],
  ['locked', 75],
  ['configuration-invalid', 78],
  ['configuration-unreadable', 78],
] as const)('a run stopped by %s exits with %i', (code, status) => {
  expect(statusOfError(code)).toBe(status);
});
