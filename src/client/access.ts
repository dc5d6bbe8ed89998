import type { Tools } from '../storage/tools.js';
import type { Instant } from '../util/time.js';
import { openHistoryStore } from './history-file.js';
import type { Waits } from './history.js';
import { certificateKey } from './certificate-key.js';
import { type CertificateRecord, digestOf } from './history-records.js';
import { heldUntil } from './waits.js';
import { chooseResponders } from './responder-url.js';
import {
  type FetchRequest,
  NOT_NEWER,
  type RequestUrgency,
  type Wait,
  type WaitFor,
  type Waiting,
} from './types.js';

/** The responders that may be asked about a certificate now, or how long to wait. */
export type Access =
  | {
      readonly kind: 'open';
      readonly responders: readonly URL[];
    }
  | Waiting;

/**
 * Decides whether a certificate has to wait. It waits while it is not urgent and its own wait, or that of every responder,
 * lasts. Otherwise responders with a wait are asked last. Throws OcspbotErrors of choosing the responder.
 */
export function accessFor(
  { responders, urgency }: FetchRequest,
  own: Wait | undefined,
  history: Waits,
  now: Instant,
): Access {
  const all = chooseResponders(responders).map((url) => ({ url, wait: history.responderWait(url.href) }));
  const waiting = waitingFor(own, urgency, now);
  if (waiting !== undefined) return waiting;
  const held = all.flatMap(({ wait }) => waitingFor(wait, urgency, now) ?? []);
  const [soonest] = held.sort((a, b) => a.until - b.until);
  if (soonest !== undefined && held.length === all.length) return soonest;
  const open = all.filter(({ wait }) => waitingFor(wait, urgency, now) === undefined);
  const [down, up] = [
    open.filter(({ wait }) => isWaiting(wait, now)),
    open.filter(({ wait }) => !isWaiting(wait, now)),
  ];
  return { kind: 'open', responders: [...up, ...down].map(({ url }) => url) };
}

/**
 * Returns what earlier runs found about a certificate. "No newer response" is valid only for the response that was in
 * place then: if another one has replaced it, there is no record.
 */
export function recordOf(
  key: string,
  { staple }: FetchRequest,
  history: Waits,
): CertificateRecord | undefined {
  const record = history.certificate(key);
  if (record?.wait.why !== NOT_NEWER) return record;
  const isIt = staple.kind === 'usable' && record.copy?.digest === digestOf(staple.response);
  return isIt ? record : undefined;
}

function waitingFor(wait: Wait | undefined, urgency: RequestUrgency, now: Instant): Waiting | undefined {
  if (wait === undefined || urgency.kind !== 'due') return undefined;
  const until = heldUntil(wait, urgency.criticalAt, now);
  return until === undefined ? undefined : { kind: 'waiting', wait, until };
}

function isWaiting(wait: Wait | undefined, now: Instant): boolean {
  return wait !== undefined && now < wait.until;
}

/**
 * Opens the waits that earlier runs have left. Nothing is written.
 *
 * @param folder the folder of the configuration in the state folder
 */
export function openWaits(folder: string, tools: Tools): WaitFor {
  return waitsIn(openHistoryStore(folder, { ...tools, dryRun: true }).history, tools.now);
}

/** Returns the waits of a history, which is read when it is needed. */
export function waitsIn(read: () => Waits, now: Instant): WaitFor {
  return (fetchRequest) => {
    const history = read();
    const record = recordOf(certificateKey(fetchRequest.question), fetchRequest, history);
    const access = accessFor(fetchRequest, record?.wait, history, now);
    return access.kind === 'waiting' ? access : undefined;
  };
}
