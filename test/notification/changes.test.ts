import { expect, test } from 'vitest';
import { changesSince } from '../../src/notification/changes.js';
import type { CertificateStatus, Snapshot } from '../../src/snapshot/snapshot.js';

const fresh = {
  name: 'b.example',
  state: 'fresh',
  urgency: 'none',
  message: 'good',
  staple: { from: 0, usefulUntil: 1e9 },
} as CertificateStatus;

function snapshot(problems: readonly string[]): Snapshot {
  const nothing = { services: [], warnings: [], runs: {}, isRunning: false, now: 0 };
  return { ...nothing, certificates: [fresh], problems } as unknown as Snapshot;
}

const told = new Map([
  ['certificate a.example', 'critical'],
  ['certificate b.example', 'critical'],
] as const);

test('a certificate that is gone from a configuration that is read wholly is not in it any more', () => {
  const { changes, severities } = changesSince(told, snapshot([]));
  expect(changes.map(({ name, severity, message }) => [name, severity, message])).toEqual([
    ['a.example', 'ok', 'a.example: not in the configuration any more'],
    ['b.example', 'ok', 'b.example: fresh: good'],
  ]);
  expect([...severities]).toEqual([]);
});

test('a certificate that may be in a place that cannot be read is not told as well again', () => {
  const { changes, severities } = changesSince(told, snapshot(['cannot read conf.d']));
  expect(changes.map(({ about, name, severity }) => [about, name, severity])).toEqual([
    ['configuration', '', 'unknown'],
    ['certificate', 'b.example', 'ok'],
  ]);
  expect([...severities]).toEqual([
    ['certificate a.example', 'critical'],
    ['configuration ', 'unknown'],
  ]);
});
