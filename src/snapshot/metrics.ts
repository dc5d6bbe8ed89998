import type { RunRecord } from '../state/last-run.js';
import { SECOND } from '../util/time.js';
import { VERSION } from '../util/version.js';
import { certificateFamilies } from './certificate-metrics.js';
import { distinctLabels, withDistinctNames } from './labels.js';
import { type Family, familyText, gauge, seconds, single } from './metrics-format.js';
import type { Snapshot } from './snapshot.js';

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
