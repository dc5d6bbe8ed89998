import { describe, expect, test } from 'vitest';
import { UNASSIGNED, type Service } from '../../src/configuration/model.js';
import { servicesOf, statusOf, statusOfError, statusOfFetch } from '../../src/report/exit-status.js';

const SERVICES: readonly Pick<Service, 'name' | 'exitBit'>[] = [
  { name: 'nginx', exitBit: 2 },
  { name: 'mail', exitBit: 4 },
  { name: 'proxy', exitBit: 16 },
  { name: 'also-mail', exitBit: 4 },
];

describe('statusOf', () => {
  test.each([
    [[], false, 0],
    [[], true, 32],
    [['nginx'], false, 2],
    [['nginx', 'mail', 'proxy'], false, 22],
    [['mail', 'also-mail'], false, 4],
    [['nginx', 'mail', 'proxy', 'also-mail'], true, 54],
    [[UNASSIGNED], false, 2],
    [[UNASSIGNED, 'nginx'], true, 34],
    [['gone from the configuration'], false, 2],
  ])('%j, attention: %s → %i', (reload, needsPerson, status) => {
    expect(statusOf(reload, SERVICES, needsPerson)).toBe(status);
  });

  test('is even and below 64 whatever happens', () => {
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
  [2, ['nginx']],
  [4, ['mail', 'also-mail']],
  [34, ['nginx']],
  [62, ['nginx', 'mail', 'proxy', 'also-mail']],
  [32, []],
  // Node.js did not run the program.
  [1, []],
  [3, []],
  [7, []],
  [9, []],
  [13, []],
  [35, []],
  [63, []],
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

test.each([
  ['usage', 64],
  ['internal', 70],
  ['file-missing', 78],
  ['configuration-invalid', 78],
  ['certificate-revoked', 32],
  ['certificate-expired', 32],
  ['no-responder', 32],
  ['issuer-not-found', 32],
  ['connection-failed', 75],
  ['responder-try-later', 75],
  ['certificate-unknown', 75],
  ['signature-invalid', 75],
  ['clock-wrong', 75],
  ['interrupted', 75],
  ['run-timeout', 75],
] as const)('a fetch that failed of %s exits with %i', (code, status) => {
  expect(statusOfFetch(code)).toBe(status);
});
