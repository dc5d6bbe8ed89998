import { UNASSIGNED } from '../configuration/model.js';
import { SCHEMA } from '../report/json.js';
import type { RunRecord } from '../state/last-run.js';
import { formatInstant } from '../util/time.js';
import { byUrgency, type CertificateStatus, type Snapshot, type StapleLife } from './snapshot.js';

/** Makes the snapshot for programs, the most urgent certificate first. Times are ISO 8601 in UTC. */
export function snapshotToJson(
  { now, file, certificates, services, problems, warnings, runs, isRunning }: Snapshot,
  status: number,
) {
  return {
    schema: SCHEMA,
    status,
    time: formatInstant(now),
    configuration: file,
    needs_person: status !== 0,
    running: isRunning,
    last_run: runs.last && runToJson(runs.last),
    last_good_run: runs.lastGood && runToJson(runs.lastGood),
    services: services.map(({ name, exitBit, isPending, certificates: count }) => ({
      name: name === UNASSIGNED ? undefined : name,
      exit_bit: exitBit,
      reload_pending: isPending,
      certificates: count,
    })),
    problems,
    warnings,
    certificates: byUrgency(certificates).map(certificateToJson),
  };
}

function runToJson({ started, ended, status, isGood }: RunRecord) {
  return { started: formatInstant(started), ended: formatInstant(ended), status, good: isGood };
}

function certificateToJson(one: CertificateStatus) {
  const { action, identity, staple, lastAttempt } = one;
  return {
    name: one.name,
    state: one.state,
    urgency: one.urgency,
    action: action.kind,
    reason: action.reason,
    next: action.next === undefined ? undefined : formatInstant(action.next),
    message: one.message,
    hint: one.hint,
    warnings: one.warnings,
    file: one.file,
    services: one.services,
    serial: identity?.serial,
    not_after: identity && formatInstant(identity.notAfter),
    issuer: identity?.issuer,
    responder: identity?.responder,
    must_staple: identity?.isMustStaple,
    key: identity?.key,
    staple: staple && stapleToJson(staple),
    last_attempt: lastAttempt && {
      at: formatInstant(lastAttempt.at),
      outcome: lastAttempt.outcome,
      reason: lastAttempt.reason,
      failed: lastAttempt.isFailure,
    },
  };
}

function stapleToJson(staple: StapleLife) {
  return {
    this_update: formatInstant(staple.thisUpdate),
    next_update: formatInstant(staple.nextUpdate),
    useful_until: formatInstant(staple.usefulUntil),
    refresh_at: formatInstant(staple.refreshAt),
    critical_at: formatInstant(staple.criticalAt),
    put_back: staple.isRestored,
  };
}
