import { toHex } from '../../util/bytes.js';
import type { Waiting } from '../../client/types.js';
import { namedUrls } from '../../client/responder-url.js';
import { UNASSIGNED, UNASSIGNED_BIT } from '../../configuration/model.js';
import { SCHEMA } from '../../report/json.js';
import { checkLines, checksToJson } from '../../report/checks.js';
import type { InspectedCertificate, InspectionContext } from '../../run/inspect.js';
import { objectionText, serverObjection } from '../../run/objection.js';
import { scheduleIn } from '../../run/decision.js';
import type { Forecast } from '../../run/forecast.js';
import type { Decision } from '../../staple/decide.js';
import { responseAbout } from '../../staple/staple.js';
import { formatDuration, formatInstant, type Instant } from '../../util/time.js';
import { commonName } from '../../x509/name.js';

/** An inspected certificate and the decision about it. */
export interface Explanation extends InspectedCertificate, InspectionContext {
  readonly decision: Decision;
  /** The back-off that postpones a refresh. */
  readonly waiting: Waiting | undefined;
  /** The result of a run, as far as it is known without asking; undefined if the run keeps the staple. */
  readonly outlook: Forecast | undefined;
}

export function explanationText(explanation: Explanation): string {
  const { entry, subject, staple, responders } = explanation;
  const { certificate, issuer } = subject;
  const services = entry.services.filter((name) => name !== UNASSIGNED);
  const facts = [
    entry.name,
    `certificate  ${commonName(certificate.subject)}, serial ${toHex(certificate.serialNumber)}, in ${entry.cert}`,
    `valid        ${formatInstant(certificate.notBefore)} to ${formatInstant(certificate.notAfter)}`,
    `issuer       ${commonName(issuer.subject)}, valid until ${formatInstant(issuer.notAfter)}`,
    `responder    ${namedUrls(responders).join(', ') || 'none'}`,
    `services     ${services.join(', ') || `none: bit ${UNASSIGNED_BIT}`}`,
    `staple       ${staple.kind}, in ${entry.ocsp}${stapleRemark(explanation)}`,
    ...besides(explanation),
  ];
  const checks = 'examination' in staple ? ['', ...checkLines(staple.examination.checks)] : [];
  return `${[...facts, ...checks, '', ...nextRun(explanation)].join('\n')}\n`;
}

function stapleRemark(certificate: InspectedCertificate): string {
  const { staple, isRestored } = certificate;
  if (staple.kind === 'unreadable' || staple.kind === 'other') return `: ${staple.problem}`;
  const objection = objectionText(certificate);
  return (
    (isRestored ? ', restored by a rollback' : '') + (objection === undefined ? '' : `, but: ${objection}`)
  );
}

/** Says which responses about CA certificates the file has besides (`format: pem-chain`). */
function besides({ authorities, staple }: InspectedCertificate): string[] {
  return authorities.map(({ certificate, question }) => {
    const response = responseAbout(question, staple);
    const what = response ? `a response, good until ${formatInstant(response.usefulUntil)}` : 'no response';
    return `besides      ${what} about ${commonName(certificate.subject)}`;
  });
}

/** Says what a run would do now, and when a later run would do something else. */
function nextRun(explanation: Explanation): string[] {
  const { now } = explanation;
  const schedule = scheduleIn(explanation, explanation.configuration);
  const at = (instant: number) => `${formatInstant(instant)} (${relative(instant - now)})`;
  const { message, hint } = wordsOf(explanation);
  const lines = [
    `a run now would ${describeDecision(explanation, at)}`,
    ...(message === undefined ? [] : [`  ${message}`]),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ];
  if (schedule === undefined) return lines;
  return [
    ...lines,
    `refresh      from ${at(schedule.refreshAt)}`,
    `critical     from ${at(schedule.criticalAt)}`,
    `unusable     from ${at(schedule.end)}`,
  ];
}

/** Says why a run would not fetch a response, and what to do. */
function wordsOf({ outlook }: Explanation): {
  readonly message?: string;
  readonly hint?: string | undefined;
} {
  switch (outlook?.kind) {
    case 'failing':
      return { message: outlook.error.message, hint: outlook.error.hint };
    case 'not-applicable':
      return { message: outlook.message };
    default:
      return {};
  }
}

function describeDecision(explanation: Explanation, at: (instant: Instant) => string): string {
  const { decision, waiting, outlook } = explanation;
  if (waiting !== undefined) {
    const { wait, until } = waiting;
    return `not ask before ${at(until)}: ${wait.why}, ${at(wait.since)}`;
  }
  if (isOnlyAboutIssuers(decision))
    return serverObjection(explanation) === 'format'
      ? 'keep the response, and write it in the other format'
      : 'keep the response, and renew those about the issuers';
  if (decision.kind === 'refresh' && outlook?.kind === 'failing') return `fail: ${outlook.error.code}`;
  return `${DECISIONS[decision.kind]}${decision.kind === 'keep' ? '' : `: ${decision.reason}`}`;
}

/** Reports whether a run keeps the response, and renews only those about the issuers. */
function isOnlyAboutIssuers(decision: Decision): boolean {
  return decision.kind === 'refresh' && decision.only === 'issuer-responses';
}

const DECISIONS: Readonly<Record<Decision['kind'], string>> = {
  keep: 'keep the staple',
  refresh: 'fetch a new one',
  skip: 'not ask for one',
};

function relative(duration: number): string {
  return duration >= 0 ? `in ${formatDuration(duration)}` : `${formatDuration(-duration)} ago`;
}

export function explanationToJson(explanation: Explanation) {
  const { entry, subject, staple, responders, isRestored, decision, waiting } = explanation;
  const { certificate, issuer } = subject;
  const schedule = scheduleIn(explanation, explanation.configuration);
  const isKept = decision.kind === 'keep' || isOnlyAboutIssuers(decision);
  const examination = 'examination' in staple ? staple.examination : undefined;
  return {
    schema: SCHEMA,
    name: entry.name,
    certificate: {
      file: entry.cert,
      serial: toHex(certificate.serialNumber),
      not_before: formatInstant(certificate.notBefore),
      not_after: formatInstant(certificate.notAfter),
      issuer_not_after: formatInstant(issuer.notAfter),
    },
    responders: namedUrls(responders),
    services: entry.services.filter((name) => name !== UNASSIGNED),
    staple: {
      file: entry.ocsp,
      state: staple.kind,
      verdict: examination?.kind,
      code: examination?.code,
      put_back: isRestored,
      objection: objectionText(explanation),
    },
    checks: examination === undefined ? [] : checksToJson(examination.checks),
    decision: isKept ? ('keep' as const) : decision.kind,
    reason: isKept ? undefined : decision.reason,
    ...wordsOf(explanation),
    waiting: waiting && {
      since: formatInstant(waiting.wait.since),
      until: formatInstant(waiting.until),
      why: waiting.wait.why,
    },
    schedule: schedule && {
      refresh_at: formatInstant(schedule.refreshAt),
      critical_at: formatInstant(schedule.criticalAt),
      end: formatInstant(schedule.end),
    },
  };
}
