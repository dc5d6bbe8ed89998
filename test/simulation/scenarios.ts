import { DAY, HOUR, MINUTE } from '../../src/util/time.js';
import { type Ca, type Fleet, type Load, simulate } from './fleet.js';

/** The fleet and the CA of docs/scale.md that the scenarios vary. */
const FLEET: Fleet = { hosts: 10_000, sharing: 1, hasCache: false, minute: 'own', splay: 0 };
const CA: Ca = { lifetime: 7 * DAY, period: DAY, signing: 'spread' };
const LENGTH = 28 * DAY;

const OUTAGE = { from: 14 * DAY, to: 16 * DAY };

/** The rows of the table in docs/scale.md. */
export const SCENARIOS: Readonly<Record<string, { fleet?: Partial<Fleet>; ca?: Partial<Ca> }>> = {
  'each host at its own minute': {},
  'all hosts at the same minute': { fleet: { minute: 'same' } },
  'the same minute, `--splay 10m`': { fleet: { minute: 'same', splay: 10 * MINUTE } },
  'the same minute, `--splay 30m`': { fleet: { minute: 'same', splay: 30 * MINUTE } },
  'a CA that signs all at once': { ca: { signing: 'at-once' } },
  'the same minute, and a CA that signs all at once': {
    fleet: { minute: 'same' },
    ca: { signing: 'at-once' },
  },
  'the same two, `--splay 30m`': {
    fleet: { minute: 'same', splay: 30 * MINUTE },
    ca: { signing: 'at-once' },
  },
  'the responder is down for two days': { ca: { outage: OUTAGE } },
  '100 hosts for each certificate': { fleet: { sharing: 100 } },
  '100 hosts for each certificate, behind a cache': { fleet: { sharing: 100, hasCache: true } },
};

/** The requests that the responder of a scenario sees. */
export interface Figures {
  /** In the busiest minute of the first day, when no host has a staple. */
  readonly firstDay: number;
  /** In the busiest minute after the first day. */
  readonly later: number;
  /** On an average day of the last two weeks. */
  readonly perDay: number;
  readonly withoutStaple: number;
}

/** Simulates a scenario, with as many hosts as wanted. */
export function figuresOf(name: string, hosts = FLEET.hosts): Figures {
  const { fleet, ca } = SCENARIOS[name] ?? {};
  const { perMinute, withoutStaple } = simulate({ ...FLEET, ...fleet, hosts }, { ...CA, ...ca }, LENGTH);
  const [day, half] = [DAY / MINUTE, (14 * DAY) / MINUTE];
  return {
    firstDay: busiest(perMinute.subarray(0, day)),
    later: busiest(perMinute.subarray(day + HOUR / MINUTE)),
    perDay: Math.round(perMinute.subarray(half, 2 * half).reduce((sum, count) => sum + count, 0) / 14),
    withoutStaple,
  };
}

function busiest(perMinute: Load['perMinute']): number {
  return perMinute.reduce((most, count) => Math.max(most, count), 0);
}
