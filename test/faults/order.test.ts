import { expect, test } from 'vitest';
import { requireProgram } from '../support/require.js';
import { callsOf } from './support/campaign.js';
import type { Scenario } from './support/scenario.js';
import { ROLLBACK, WITH_BACKUPS } from './support/scenarios.js';

const LASTING = new Set(['mkdir', 'fsync', 'link', 'unlink', 'rename', 'exit_group']);

/** Returns the calls of a run that change folders or wait for the disk, in their order. */
async function orderOf(scenario: Scenario): Promise<string[]> {
  const calls = await callsOf(scenario);
  return calls.filter(({ name }) => LASTING.has(name)).map(({ name, on }) => `${name} ${on}`.trim());
}

const STATE = 'ocsp/.ocspbot/(own)';
/** The lock is not synced, because its owner does not survive a power failure. */
const LOCK = [`link ${STATE}/(lock) → ${STATE}/lock-1`, `unlink ${STATE}/(lock)`];
/** `mkdir -p`, from the first missing folder to the last. */
const MAKE = ['mkdir ocsp/.ocspbot', `mkdir ${STATE}`, 'fsync ocsp/.ocspbot', 'fsync ocsp'];
const ORIGIN = [
  `fsync ${STATE}/(configuration.json)`,
  `rename ${STATE}/(configuration.json) → ${STATE}/configuration.json`,
];
const WRITE = 'fsync ocsp/(a.ocsp)';
/** Backups are named after the staple and an ID of its path. */
const BACKUPS = 'ocsp/.ocspbot/backups';
const BACK_UP = [
  `mkdir ${BACKUPS}`,
  'fsync ocsp/.ocspbot',
  `fsync ${BACKUPS}/(a.ocsp.ID)`,
  `link ${BACKUPS}/(a.ocsp.ID) → ${BACKUPS}/a.ocsp.ID-DATE`,
  `unlink ${BACKUPS}/(a.ocsp.ID)`,
  `fsync ${BACKUPS}`,
];
/** A backup of an earlier version, next to the staple. */
const MOVE_FORMER = [
  `link ocsp/a.ocsp-DATE → ${BACKUPS}/a.ocsp.ID-DATE`,
  `fsync ${BACKUPS}`,
  'unlink ocsp/a.ocsp-DATE',
];
const OWE = [
  `fsync ${STATE}/(reload-debt.json)`,
  `rename ${STATE}/(reload-debt.json) → ${STATE}/reload-debt.json`,
  `fsync ${STATE}`,
];
const REPLACE = ['rename ocsp/(a.ocsp) → ocsp/a.ocsp'];
/** The folders of the new staples are synced once, when all are in place, and before anybody is told of them. */
const SETTLE = ['fsync ocsp'];
/** The record of the attempts, for people and monitoring. */
const RECORD = [`fsync ${STATE}/(attempts.json)`, `rename ${STATE}/(attempts.json) → ${STATE}/attempts.json`];
/** A single rename releases the lock and acknowledges what the caller is told. Nothing comes after it. */
const END = [`rename ${STATE}/(lock) → ${STATE}/lock-1`, 'exit_group'];

test('each step of a replacement is on the disk before the next', async (context) => {
  requireProgram('strace', 'strace', context);
  expect(await orderOf(WITH_BACKUPS)).toEqual([
    ...MAKE,
    ...LOCK,
    ...ORIGIN,
    WRITE,
    ...BACK_UP,
    ...OWE,
    ...REPLACE,
    ...MOVE_FORMER,
    // The oldest backup is removed.
    `unlink ${BACKUPS}/a.ocsp.ID-DATE`,
    ...SETTLE,
    ...RECORD,
    ...END,
  ]);
});

test('a rollback is noted before it takes place', async (context) => {
  requireProgram('strace', 'strace', context);
  expect(await orderOf(ROLLBACK)).toEqual([
    ...MAKE,
    ...LOCK,
    ...ORIGIN,
    WRITE,
    ...BACK_UP,
    ...OWE,
    `fsync ${STATE}/put-back`,
    `fsync ${STATE}`,
    ...REPLACE,
    ...MOVE_FORMER,
    ...SETTLE,
    ...RECORD,
    ...END,
  ]);
});
