import { UNASSIGNED } from '../configuration/model.js';
import type { RunRecord } from '../state/last-run.js';
import { presentable } from '../util/text.js';
import { type Instant, SECOND } from '../util/time.js';
import { VERSION } from '../util/version.js';
import { distinctLabels, withDistinctNames } from './labels.js';
import {
  type CertificateStatus,
  isStapled,
  needsAttention,
  type Snapshot,
  type StapleLife,
} from './snapshot.js';

// The text format of Prometheus (version 0.0.4), which the textfile collector of node_exporter reads. Names and units follow
// the conventions of Prometheus: seconds since 1970, `_total` for counters, `_info` for facts in labels.

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Formats a snapshot as metrics. */
export function metricsText(snapshot: Snapshot): string {
  const families = [
    ...runFamilies(snapshot),
    ...certificateFamilies(withDistinctNames(snapshot.certificates)),
    ...others(snapshot),
  ];
  return families
    .filter(({ samples }) => samples.length > 0)
    .map((family) => familyText(family, snapshot.path))
    .join('');
}

/** Formats a family. Each sample names its configuration: the metrics of several may lie in one folder. */
function familyText({ name, type, help, samples }: Family, configuration: string): string {
  const lines = samples.map(
    ({ labels, value }) => `ocspbot_${name}${labelsText({ configuration, ...labels })} ${value}\n`,
  );
  return `# HELP ocspbot_${name} ${help}\n# TYPE ocspbot_${name} ${type}\n${lines.join('')}`;
}

function labelsText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(',')}}`;
}

/** Escapes the value of a label. Control characters are shown as in JSON, so that different names stay different. */
function escaped(value: string): string {
  return presentable(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

function single(value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels: {}, value }];
}

function seconds(instant: Instant): number {
  return instant / SECOND;
}

function runFamilies({ runs: { last, lastGood }, problems }: Snapshot): Family[] {
  const of = (read: (run: RunRecord) => number) => single(last && read(last));
  return [
    gauge('build_info', 'The version of ocspbot.', [{ labels: { version: VERSION }, value: 1 }]),
    gauge(
      'last_run_start_timestamp_seconds',
      'Start of the last run that looked at all certificates.',
      of(({ started }) => seconds(started)),
    ),
    gauge(
      'last_run_end_timestamp_seconds',
      'End of that run.',
      of(({ ended }) => seconds(ended)),
    ),
    gauge(
      'last_run_duration_seconds',
      'Duration of that run.',
      of(({ started, ended }) => (ended - started) / SECOND),
    ),
    gauge(
      'last_run_exit_status',
      'Exit status of that run.',
      of(({ status }) => status),
    ),
    gauge(
      'last_success_timestamp_seconds',
      'End of the last run after which nothing needed attention.',
      single(lastGood && seconds(lastGood.ended)),
    ),
    gauge(
      'problems',
      'Places that cannot be read and may hold certificates, and damaged records.',
      single(problems.length),
    ),
  ];
}

type Read = (one: CertificateStatus) => number | undefined;

function certificateFamilies(all: readonly CertificateStatus[]): Family[] {
  const family = (name: string, help: string, read: Read): Family =>
    gauge(
      name,
      help,
      all.flatMap((one) => {
        const value = read(one);
        return value === undefined ? [] : [{ labels: { certificate: one.name }, value }];
      }),
    );
  const ofStaple = (read: (staple: StapleLife) => Instant): Read => {
    return ({ staple }) => staple && seconds(read(staple));
  };
  return [
    gauge('certificate_info', 'Facts of a certificate.', all.map(infoOf)),
    gauge(
      'certificate_state',
      'The state of a certificate, as ocspbot status shows it.',
      all.map(({ name, state }) => ({ labels: { certificate: name, state }, value: 1 })),
    ),
    gauge(
      'certificate_outcome',
      'The outcome of the last attempt to get a staple, by service.',
      all.flatMap(outcomesOf),
    ),
    family('certificate_attention', '1 if a certificate needs attention.', (one) =>
      Number(needsAttention(one)),
    ),
    family(
      'certificate_must_staple',
      '1 if clients demand a staple for a certificate (RFC 7633).',
      ({ identity }) => identity && Number(identity.isMustStaple),
    ),
    family(
      'certificate_not_after_timestamp_seconds',
      'End of a certificate.',
      ({ identity }) => identity && seconds(identity.notAfter),
    ),
    family(
      'certificate_last_attempt_timestamp_seconds',
      'The last attempt to get a staple.',
      ({ lastAttempt }) => lastAttempt && seconds(lastAttempt.at),
    ),
    family(
      'staple_usable',
      '1 if there is a usable staple; absent for a certificate that needs none.',
      (one) => (one.state === 'not-applicable' ? undefined : Number(isStapled(one))),
    ),
    family(
      'staple_this_update_timestamp_seconds',
      'thisUpdate of a usable staple.',
      ofStaple((one) => one.thisUpdate),
    ),
    family(
      'staple_next_update_timestamp_seconds',
      'nextUpdate of a usable staple.',
      ofStaple((one) => one.nextUpdate),
    ),
    family(
      'staple_useful_until_timestamp_seconds',
      'The last time at which a staple is usable.',
      ofStaple((one) => one.usefulUntil),
    ),
    family(
      'staple_refresh_timestamp_seconds',
      'The time from which a run fetches a new staple.',
      ofStaple((one) => one.refreshAt),
    ),
    family(
      'staple_critical_timestamp_seconds',
      'The time from which a staple needs attention.',
      ofStaple((one) => one.criticalAt),
    ),
  ];
}

function infoOf({ name, identity }: CertificateStatus): Sample {
  const { issuer = '', responder = '', key = '' } = identity ?? {};
  return { labels: { certificate: name, issuer, responder: originOf(responder), key }, value: 1 };
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}

function outcomesOf({ name, services, lastAttempt }: CertificateStatus): Sample[] {
  if (lastAttempt === undefined) return [];
  const { outcome, reason } = lastAttempt;
  const used = services.length === 0 ? [UNASSIGNED] : services;
  return used.map((service) => ({ labels: { certificate: name, service, outcome, reason }, value: 1 }));
}

function others({ services, responders }: Snapshot): Family[] {
  const counts = [...responders.values()];
  const labels = distinctLabels([...responders.keys()]);
  const counter = (name: string, help: string, count: 'attempts' | 'failures'): Family => ({
    name,
    type: 'counter',
    help,
    samples: counts.map((one, index) => ({
      labels: { responder: labels[index] ?? '' },
      value: one[count],
    })),
  });
  return [
    counter('responder_requests_total', 'Requests to a responder.', 'attempts'),
    counter('responder_request_failures_total', 'Requests that brought no usable response.', 'failures'),
    gauge(
      'service_reload_pending',
      '1 if the reload of a service is pending.',
      services.map(({ name, isPending }) => ({ labels: { service: name }, value: Number(isPending) })),
    ),
  ];
}
