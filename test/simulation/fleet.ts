import { decide, type Decision } from '../../src/staple/decide.js';
import { scheduleOf } from '../../src/staple/schedule.js';
import { heldUntil, waitAfter } from '../../src/client/waits.js';
import type { Wait } from '../../src/client/types.js';
import { DEFAULTS } from '../../src/util/limits.js';
import { DAY, HOUR, MINUTE, type Duration, type Instant } from '../../src/util/time.js';
import { makeRandom } from '../support/random.js';

/** Hosts that run ocspbot every hour, each for one certificate. */
export interface Fleet {
  readonly hosts: number;
  /** The number of hosts that serve the same certificate, and ask through one HTTP cache if there is one. */
  readonly sharing: number;
  readonly hasCache: boolean;
  /** A host runs at the same minute as all others, as by a copied cron file, or at a random minute of its own. */
  readonly minute: 'same' | 'own';
  /** The longest random delay of each run, by `--splay` or by systemd. */
  readonly splay: Duration;
}

/** A CA signs responses in advance. Each response has a lifetime, and the next one follows after a period. */
export interface Ca {
  readonly lifetime: Duration;
  readonly period: Duration;
  /** The responses for all certificates are signed at one time, or each at a time of its own. */
  readonly signing: 'at-once' | 'spread';
  readonly outage?: { readonly from: Instant; readonly to: Instant };
}

export interface Load {
  /** Requests that reach the responder in each minute. */
  readonly perMinute: Uint32Array;
  /** Runs that began without a usable staple, a host's first run apart. */
  readonly withoutStaple: number;
}

interface Host {
  readonly minute: Duration;
  readonly source: Source;
  response: Response | undefined;
  wait: Wait | undefined;
}

/** The certificate's responses: when they are signed, and the one in the cache. */
interface Source {
  readonly phase: Duration;
  cached: Response | undefined;
}

type Response = Parameters<typeof scheduleOf>[0];

const CERTIFICATE = { notBefore: -30 * DAY, notAfter: 3650 * DAY };
const THRESHOLDS = { minimumValidity: undefined, minimumShare: undefined, criticalValidity: undefined };

/** Lets all hosts begin without a staple in the first hour and run for a time, with the program's own decisions and waits. */
export function simulate(fleet: Fleet, ca: Ca, length: Duration, seed = 1): Load {
  const random = makeRandom(seed);
  const hosts = makeHosts(fleet, ca, random.below);
  const perMinute = new Uint32Array((length + HOUR + DAY) / MINUTE);
  let withoutStaple = 0;
  for (let hour = 0; hour < length; hour += HOUR) {
    const runs = hosts.map((host) => ({ host, now: hour + host.minute + random.below(fleet.splay) }));
    for (const { host, now } of runs.toSorted((a, b) => a.now - b.now)) {
      if (hour > 0 && stapleOf(host, now).kind !== 'usable') withoutStaple += 1;
      perMinute[Math.floor(now / MINUTE)]! += requestsOf(host, now, { fleet, ca, chance: random.below(1) });
    }
  }
  return { perMinute, withoutStaple };
}

function makeHosts({ hosts, sharing, minute }: Fleet, ca: Ca, below: (limit: number) => number): Host[] {
  const sources = Array.from({ length: Math.ceil(hosts / sharing) }, (): Source => {
    return { phase: ca.signing === 'spread' ? below(ca.period) : 0, cached: undefined };
  });
  return Array.from({ length: hosts }, (_, number) => ({
    minute: minute === 'same' ? 17 * MINUTE : Math.floor(below(60)) * MINUTE,
    source: sources[Math.floor(number / sharing)]!,
    response: undefined,
    wait: undefined,
  }));
}

interface World {
  readonly fleet: Fleet;
  readonly ca: Ca;
  readonly chance: number;
}

/** Does one run of a host. Returns the number of its requests that reach the responder. */
function requestsOf(host: Host, now: Instant, { fleet, ca, chance }: World): number {
  if (decisionOf(host, now).kind !== 'refresh' || isWaiting(host, now)) return 0;
  const cached = fleet.hasCache ? freshIn(host.source, now) : undefined;
  if (cached !== undefined && cached.thisUpdate > (host.response?.thisUpdate ?? -Infinity)) {
    Object.assign(host, { response: cached, wait: undefined });
    return 0;
  }
  if (isDown(ca, now)) {
    host.wait = waitAfter(host.wait, { why: 'connection-failed', now, chance });
    return DEFAULTS.http.attempts;
  }
  const { phase } = host.source;
  const thisUpdate = Math.floor((now - phase) / ca.period) * ca.period + phase;
  const response = { thisUpdate, usefulUntil: thisUpdate + ca.lifetime };
  Object.assign(host, { response, wait: undefined });
  host.source.cached = response;
  return 1;
}

/** The responder's max-age ends with the response's lifetime (RFC 9919 §6.2). */
function freshIn({ cached }: Source, now: Instant): Response | undefined {
  return cached !== undefined && now < cached.usefulUntil ? cached : undefined;
}

function decisionOf(host: Host, now: Instant): Decision {
  return decide({
    staple: stapleOf(host, now),
    isRestored: false,
    certificate: CERTIFICATE,
    thresholds: THRESHOLDS,
    hasResponder: true,
    trigger: 'due',
    now,
    earliest: 0,
  });
}

function stapleOf({ response }: Host, now: Instant): Parameters<typeof decide>[0]['staple'] {
  if (response === undefined) return { kind: 'absent' };
  return now < response.usefulUntil ? { kind: 'usable', response } : { kind: 'unusable' };
}

/** A certificate whose staple is critical or unusable does not wait. */
function isWaiting({ response, wait }: Host, now: Instant): boolean {
  if (response === undefined) return false;
  const { criticalAt } = scheduleOf(response, CERTIFICATE, THRESHOLDS);
  return now < criticalAt && heldUntil(wait, criticalAt, now) !== undefined;
}

function isDown({ outage }: Ca, now: Instant): boolean {
  return outage !== undefined && now >= outage.from && now < outage.to;
}
