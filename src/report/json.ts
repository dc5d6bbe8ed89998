import { exchangeToJson } from '../client/trace.js';
import { UNASSIGNED } from '../configuration/model.js';
import { liveHint, liveMessage } from '../services/live-messages.js';
import type { LiveResult } from '../services/live.js';
import type { Reload } from '../services/reload.js';
import { formatHostPort } from '../util/host-port.js';
import { formatInstant } from '../util/time.js';
import {
  attemptsIn,
  type Outcome,
  originIn,
  retryTimeIn,
  type RunReport,
  type StapleTimes,
  urgencyOf,
} from './outcome.js';

/** The version of the schema. It is raised when a field is removed or changes its meaning, not when one is added. */
export const SCHEMA = 1;

/** Makes the report of a run for programs. Times are ISO 8601 in UTC. */
export function reportToJson(report: RunReport) {
  return {
    schema: SCHEMA,
    status: report.status,
    time: formatInstant(report.now),
    dry_run: report.dryRun,
    needs_person: report.attention.length > 0,
    attention: report.attention,
    reloads: report.reloads.map(reloadToJson),
    reload: report.reload.filter((name) => name !== UNASSIGNED),
    owed_before: report.pendingBefore.filter((name) => name !== UNASSIGNED),
    certificates: report.outcomes.map((outcome) => outcomeToJson(outcome, report.strict)),
    not_reached: report.notReached,
    stopped: report.stopped?.code,
    warnings: [...report.complaints, ...report.unusableFiles, ...report.warnings],
  };
}

function outcomeToJson(outcome: Outcome, strict: boolean) {
  const origin = originIn(outcome);
  const retryTime = retryTimeIn(outcome);
  return {
    name: outcome.name,
    outcome: outcome.kind,
    reason: outcome.reason,
    urgency: urgencyOf(outcome, strict),
    message: outcome.message,
    hint: outcome.hint,
    file: outcome.file,
    services: outcome.services.filter((name) => name !== UNASSIGNED),
    responder: origin?.kind === 'responder' ? origin.url : undefined,
    given: origin?.kind === 'file' ? origin.name : undefined,
    attempts: attemptsIn(outcome),
    retry_at: retryTime === undefined ? undefined : formatInstant(retryTime),
    staple: outcome.staple && stapleToJson(outcome.staple),
    warnings: [...outcome.alarms, ...outcome.warnings],
    exchanges: outcome.exchanges.map(exchangeToJson),
  };
}

function reloadToJson(reload: Reload) {
  const { service, kind: outcome } = reload;
  if (reload.kind === 'failed') {
    const { step, reason, command, message, hint, output } = reload;
    return { service, outcome, step, reason, command, message, hint, output };
  }
  if (reload.kind === 'left') return { service, outcome, message: reload.message, hint: reload.hint };
  const responses = reload.kind === 'pushed' ? reload.responses : undefined;
  const live = reload.live.length === 0 ? undefined : reload.live.map(liveResultToJson);
  return { service, outcome, responses, live, warning: reload.warning };
}

function stapleToJson(staple: StapleTimes) {
  return {
    this_update: formatInstant(staple.thisUpdate),
    next_update: formatInstant(staple.nextUpdate),
    useful_until: formatInstant(staple.usefulUntil),
    refresh_at: formatInstant(staple.refreshAt),
    signer: staple.signer,
    remarks: staple.remarks,
  };
}

export function liveResultToJson(result: LiveResult) {
  const { server, key, verdict } = result;
  const served = 'served' in verdict ? verdict.served : undefined;
  const known = 'known' in verdict ? verdict.known : undefined;
  return {
    address: formatHostPort(server),
    servername: server.servername,
    starttls: server.starttls,
    key,
    verdict: verdict.kind,
    message: liveMessage(verdict),
    hint: liveHint(result),
    code: 'code' in verdict ? verdict.code : undefined,
    name: known?.name,
    file: known?.file,
    this_update: served && formatInstant(served.thisUpdate),
    useful_until: served && formatInstant(served.usefulUntil),
  };
}
