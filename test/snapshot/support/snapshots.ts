import { DAY, HOUR, type Instant } from '../../../src/util/time.js';
import type { CertificateStatus, Snapshot, State } from '../../../src/snapshot/snapshot.js';

export const NOW: Instant = Date.UTC(2026, 10, 28, 21, 4, 5);

const DUE = { kind: 'fetch', reason: 'due', next: undefined } as const;

/** A certificate whose staple of a week is so many days old. */
export function certificate(name: string, age = 1, state: State = 'fresh'): CertificateStatus {
  const from = NOW - age * DAY;
  const isMissing = state === 'missing' || state === 'broken';
  const isBad = isMissing || state === 'critical' || state === 'revoked';
  return {
    name,
    file: `/var/lib/ocsp/${name}.ocsp`,
    services: ['nginx'],
    state,
    urgency: isBad ? 'person' : 'none',
    action: state === 'fresh' ? { kind: 'keep', reason: 'fresh', next: from + 3.5 * DAY } : DUE,
    message: isMissing
      ? 'there is no staple; the last attempt failed (timeout)'
      : `the staple in place is ${state}`,
    hint: 'the next run tries again; to see why it fails, run ocspbot with --only and this name',
    warnings: [],
    identity: {
      serial: '04ab',
      notAfter: NOW + 60 * DAY,
      issuer: 'Example CA R3',
      responder: 'http://r3.ocsp.example/',
      isMustStaple: age % 2 === 0,
      key: 'EC P-256',
    },
    staple: isMissing
      ? undefined
      : {
          thisUpdate: from,
          nextUpdate: from + 7 * DAY,
          from,
          usefulUntil: from + 7 * DAY,
          refreshAt: from + 3.5 * DAY,
          criticalAt: from + 5.8 * DAY,
          isRestored: false,
        },
    lastAttempt: {
      serial: '04ab',
      at: Math.min(NOW - HOUR, from + HOUR),
      outcome: isMissing ? 'failed' : 'updated',
      reason: isMissing ? 'timeout' : 'due',
      isFailure: isMissing,
    },
  };
}

export function snapshotOf(
  certificates: readonly CertificateStatus[],
  more: Partial<Snapshot> = {},
): Snapshot {
  const run = { started: NOW - 2 * HOUR, ended: NOW - 2 * HOUR + 9000, status: 2, isGood: true };
  const days = Array.from({ length: 42 }, (_, index) => {
    const day = new Date(NOW - index * DAY).toISOString().slice(0, 10);
    return [day, { renewed: 3 + ((index * 7) % 5), failed: index > 8 && index < 12 ? 4 : 0 }] as const;
  });
  const at = NOW - 26 * HOUR;
  return {
    now: NOW,
    file: '/etc/ocspbot.yaml',
    path: '/etc/ocspbot.yaml',
    certificates,
    services: [
      { name: 'nginx', exitBit: 2, isPending: false, certificates: certificates.length },
      { name: 'exim', exitBit: 4, isPending: true, certificates: 1 },
    ],
    problems: [],
    warnings: [],
    runs: { last: run, lastGood: run },
    isRunning: false,
    responders: new Map(),
    days: new Map(days),
    reloads: new Map([
      ['nginx', { at, outcome: 'reloaded' }],
      ['exim', { at, outcome: 'failed' }],
    ]),
    ...more,
  };
}

export const GOOD = snapshotOf(
  Array.from({ length: 14 }, (_, index) =>
    certificate(
      `${['www', 'mail', 'shop', 'api', 'wiki'][index % 5]}${index}.example.org`,
      (index * 0.37) % 4,
      index % 7 === 3 ? 'due' : 'fresh',
    ),
  ),
);

export const BAD = snapshotOf(
  [
    certificate('payments.example.org', 0, 'missing'),
    certificate('old-api.example.org', 6.2, 'critical'),
    certificate('shop.example.org', 3, 'revoked'),
    certificate('login.example.org', 0, 'missing'),
    certificate(
      'a-name-that-is-very-long-because-somebody-has-generated-it.customers.hosting.example.org',
      4,
      'due',
    ),
    ...GOOD.certificates.slice(0, 8),
  ],
  {
    problems: [
      'the folder /etc/ssl/more cannot be read (EACCES), and nobody knows which certificates are there',
    ],
    runs: {
      last: { started: NOW - 2 * HOUR, ended: NOW - 2 * HOUR + 9000, status: 34, isGood: false },
      lastGood: { started: NOW - 30 * HOUR, ended: NOW - 30 * HOUR, status: 0, isGood: true },
    },
  },
);

/** Texts that strangers and mistaken administrators could write. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=http://evil.example/x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style></title><svg onload=alert(1)>',
  '&lt;b&gt;&amp;',
  '\u0000\u001B[31m\u0007\r\n\u0085',
  '\u202Egro.elpmaxe\u2066',
  '\uD800',
  'javascript:alert(1)',
  'x'.repeat(5000),
  '見本.example',
  '<!--',
  ']]>',
  '${7*7}`',
];

export const ATTACKED = snapshotOf(
  HOSTILE.map((text) => {
    const one = certificate(text, 0, 'missing');
    const identity = one.identity && { ...one.identity, issuer: text, key: text, responder: text };
    return { ...one, identity, message: text, hint: text, services: [text] };
  }),
  {
    file: HOSTILE[1]!,
    problems: HOSTILE,
    warnings: HOSTILE,
    services: HOSTILE.map((name) => ({ name, exitBit: 2, isPending: true, certificates: 1 })),
  },
);
