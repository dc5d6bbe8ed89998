import { NOT_NEWER, type Memory } from '../memory/memory.js';
import { digestOf, type CertificateRecord, type Wait } from '../memory/remembered.js';
import { heldUntil } from '../memory/waits.js';
import type { Instant } from '../time/instant.js';
import { chooseResponders } from '../transport/responder.js';
import type { Need, Obtained, Wanted } from './source.js';

/** Who may be asked about a certificate now. */
export type Access =
  | {
      readonly kind: 'open';
      readonly responders: readonly URL[];
    }
  | Waiting;

export type Waiting = Extract<Obtained, { kind: 'waiting' }>;

/**
 * A certificate that can wait does so as long as it, or each of its responders, is to be left alone. Where it cannot,
 * those that are out of order are asked last. Throws OcspbotErrors of choosing the responder.
 */
export function accessFor(
  { responders, need }: Wanted,
  own: Wait | undefined,
  memory: Memory,
  now: Instant,
): Access {
  const all = chooseResponders(responders).map((url) => ({ url, wait: memory.responderWait(url.href) }));
  const waiting = waitingFor(own, need, now);
  if (waiting !== undefined) return waiting;
  const held = all.flatMap(({ wait }) => waitingFor(wait, need, now) ?? []);
  const [soonest] = held.sort((a, b) => a.until - b.until);
  if (soonest !== undefined && held.length === all.length) return soonest;
  const open = all.filter(({ wait }) => waitingFor(wait, need, now) === undefined);
  const [down, up] = [
    open.filter(({ wait }) => isOn(wait, now)),
    open.filter(({ wait }) => !isOn(wait, now)),
  ];
  return { kind: 'open', responders: [...up, ...down].map(({ url }) => url) };
}

/** Of a certificate, in earlier runs. What was said of one response says nothing of another that has taken its place. */
export function recordOf(key: string, { staple }: Wanted, memory: Memory): CertificateRecord | undefined {
  const record = memory.certificate(key);
  if (record?.wait.why !== NOT_NEWER) return record;
  const isIt = staple.kind === 'usable' && record.copy?.digest === digestOf(staple.response);
  return isIt ? record : undefined;
}

function waitingFor(wait: Wait | undefined, need: Need, now: Instant): Waiting | undefined {
  if (wait === undefined || need.kind !== 'due') return undefined;
  const until = heldUntil(wait, need.criticalAt, now);
  return until === undefined ? undefined : { kind: 'waiting', wait, until };
}

function isOn(wait: Wait | undefined, now: Instant): boolean {
  return wait !== undefined && now < wait.until;
}
