import type { Exchange } from '../client/trace.js';
import { hasAlarms, type Outcome, type RunReport } from '../report/outcome.js';
import {
  addAttempts,
  type Attempt,
  type DayCounts,
  type LastReload,
  type RequestCounts,
} from '../state/attempts.js';
import type { RunRecord } from '../state/last-run.js';
import { describe, toOcspbotError } from '../util/errors.js';
import { formatInstant, type Instant } from '../util/time.js';
import type { Results } from './each-certificate.js';
import { LASTING } from './outcome.js';
import { isComplete } from './work.js';
import type { Listener, RunOrder } from './types.js';

/**
 * Records the attempts of a run, for `status` and monitoring. A failure is only a warning, because no later run depends on
 * the record.
 */
export async function recordAttempts(
  { configuration, options, system, now }: RunOrder,
  { outcomes, attempts, report }: Results & { readonly report: RunReport },
  listener: Pick<Listener, 'warn'>,
): Promise<void> {
  if (options.dryRun) return;
  const certificates = new Map(
    attempts.flatMap(({ index, serial }) => attemptIn(outcomes[index], serial, now)),
  );
  const responders = countsIn(attempts.flatMap(({ index }) => outcomes[index] ?? []));
  const days = countsOfDay(certificates, now);
  const reloads = reloadsIn(report, now);
  try {
    const news = { certificates, responders, days, reloads };
    const notes = await addAttempts(configuration.ownState.folder, news, { ...system, now });
    for (const note of notes) listener.warn(note, undefined);
  } catch (error) {
    listener.warn(describe(error), toOcspbotError(error).hint);
  }
}

/** Returns the record of a run that looked at all certificates; undefined for any other. */
export function recordOf(order: RunOrder, report: RunReport): RunRecord | undefined {
  const { work, configuration, now: started, clock } = order;
  if (!isComplete(work, configuration)) return undefined;
  return { started, ended: clock(), status: report.status, isGood: report.attention.length === 0 };
}

function countsOfDay(certificates: ReadonlyMap<string, Attempt>, now: Instant): Map<string, DayCounts> {
  if (certificates.size === 0) return new Map();
  const outcomes = [...certificates.values()].map(({ outcome }) => outcome);
  const count = (kinds: readonly string[]) => outcomes.filter((outcome) => kinds.includes(outcome)).length;
  const counts = { renewed: count(['updated']), failed: count(['deferred', 'failed', 'revoked']) };
  return new Map([[formatInstant(now).slice(0, 'YYYY-MM-DD'.length), counts]]);
}

function reloadsIn({ reloads, reload }: RunReport, at: Instant): Map<string, LastReload> {
  const reported = reload.map((service) => ({ service, kind: 'reported' }));
  return new Map([...reported, ...reloads].map(({ service, kind: outcome }) => [service, { at, outcome }]));
}

function attemptIn(
  outcome: Outcome | undefined,
  serial: string | undefined,
  at: number,
): [name: string, attempt: Attempt][] {
  if (outcome === undefined || serial === undefined) return [];
  const attempt = { serial, at, outcome: outcome.kind, reason: outcome.reason };
  if (hasAlarms(outcome)) return [[outcome.name, { ...attempt, issuer: 'revoked' }]];
  return isAttempt(outcome) ? [[outcome.name, attempt]] : [];
}

function isAttempt({ kind, reason }: Outcome): boolean {
  if (kind === 'not-applicable' || reason === 'waiting' || reason === 'not-asked') return false;
  return reason !== 'fresh' && reason !== 'dry-run';
}

/** Counts the requests of a run by the origin of their URLs. */
function countsIn(outcomes: readonly Outcome[]): Map<string, RequestCounts> {
  const counts = new Map<string, RequestCounts>();
  for (const outcome of outcomes) {
    for (const exchange of outcome.exchanges) {
      const { origin } = new URL(exchange.url);
      const { attempts, failures } = counts.get(origin) ?? { attempts: 0, failures: 0 };
      const failed = isFailedExchange(exchange, outcome) ? 1 : 0;
      counts.set(origin, { attempts: attempts + 1, failures: failures + failed });
    }
  }
  return counts;
}

/** Reports whether a request brought no response that could be used, because of the network or of what was answered. */
function isFailedExchange({ status }: Exchange, { kind, reason }: Outcome): boolean {
  if (status === undefined || status >= 400) return true;
  const isRefused = kind === 'failed' || (kind === 'deferred' && reason !== 'no-newer-response');
  return isRefused && !LASTING.has(reason);
}
