import { usableUrls } from '../client/responder-url.js';
import type { Fetched } from '../client/types.js';
import type { Configuration } from '../configuration/model.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import { type Basis, NO_BASIS, type OutcomeFacts, type StapleTimes } from '../report/outcome.js';
import type { Schedule } from '../staple/schedule.js';
import type { ErrorCode } from '../util/errors.js';
import { formatDuration, formatInstant } from '../util/time.js';
import type { InspectedCertificate } from './inspect.js';
import { serverObjection } from './objection.js';
import { scheduleIn } from './decision.js';
import type { OutcomeContext } from './types.js';

/** Facts of an outcome that do not come from the inspected certificate. */
export interface Extra {
  readonly basis?: Basis;
  readonly warnings?: readonly string[];
  readonly alarms?: readonly string[];
}

export function goodUntil(instant: number, { now }: Pick<OutcomeContext, 'now'>): string {
  return `good until ${formatInstant(instant)} (${formatDuration(Math.max(0, instant - now))})`;
}

export function facts(
  certificate: InspectedCertificate,
  message: string,
  run: { readonly configuration: Pick<Configuration, 'thresholds'> },
  extra: Extra = {},
): OutcomeFacts {
  const { name, ocsp: file, services } = certificate.entry;
  const { basis = NO_BASIS, warnings = [], alarms = [] } = extra;
  return {
    name,
    file,
    services,
    message,
    hint: undefined,
    warnings,
    alarms,
    staple: installedTimes(certificate, run),
    basis,
    exchanges: [],
  };
}

/** Makes the basis of an outcome from the result of a fetch. */
export function basisOf(fetched: Fetched, { responders }: InspectedCertificate): Basis {
  if (fetched.kind === 'waiting')
    return {
      kind: 'earlier-attempt',
      responder: usableUrls(responders)[0]?.href,
      retryAt: fetched.until,
    };
  const { kind: verdict, origin, attempts } = fetched;
  return { kind: 'answer', verdict, origin, attempts };
}

export function installedTimes(
  certificate: InspectedCertificate,
  { configuration }: { readonly configuration: Pick<Configuration, 'thresholds'> },
): StapleTimes | undefined {
  const schedule = scheduleIn(certificate, configuration);
  if (certificate.staple.kind !== 'usable' || schedule === undefined) return undefined;
  return timesOf(certificate.staple.response, schedule);
}

export function timesOf(response: VerifiedResponse, { refreshAt, end }: Schedule): StapleTimes {
  const { thisUpdate, nextUpdate, signer, remarks } = response;
  return { thisUpdate, nextUpdate, usefulUntil: end, refreshAt, signer, remarks };
}

/** Reports whether the staple in place may stay in service. If the clock is wrong, a staple from its future may be good. */
export function isServable(
  { staple, subject }: InspectedCertificate,
  code: ErrorCode,
  { now }: OutcomeContext,
): boolean {
  if (serverObjection({ staple }) !== undefined) return false;
  if (code === 'clock-wrong') return staple.kind === 'usable' || staple.kind === 'ahead';
  return staple.kind === 'usable' && now <= subject.certificate.notAfter;
}

export function isCritical(
  certificate: InspectedCertificate,
  { now, configuration }: OutcomeContext,
): boolean {
  const schedule = scheduleIn(certificate, configuration);
  return schedule === undefined || now >= schedule.criticalAt;
}

export function stillGood(certificate: InspectedCertificate, run: OutcomeContext): string {
  const times = installedTimes(certificate, run);
  if (times === undefined) return 'the staple in place is kept';
  return `the staple in place is ${goodUntil(times.usefulUntil, run)}`;
}
