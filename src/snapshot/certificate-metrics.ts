import { UNASSIGNED } from '../configuration/model.js';
import { type Family, gauge, type Sample, seconds } from './metrics-format.js';
import { type CertificateStatus, isStapled, needsAttention } from './snapshot.js';

/** Returns the families of metrics that have a sample for each certificate. */
export function certificateFamilies(all: readonly CertificateStatus[]): Family[] {
  const states = all.map(({ name, state }) => ({ labels: { certificate: name, state }, value: 1 }));
  return [
    gauge('certificate_info', 'Facts of a certificate.', all.map(infoOf)),
    gauge('certificate_state', 'The state of a certificate, as ocspbot status shows it.', states),
    gauge(
      'certificate_outcome',
      'The outcome of the last attempt to get a staple, by service.',
      all.flatMap(outcomesOf),
    ),
    ...GAUGES.map(([name, help, read]) =>
      gauge(
        name,
        help,
        all.flatMap((one) => sampleOf(one, read)),
      ),
    ),
  ];
}

/** Reads the value of a metric; undefined if the certificate has none. */
type Read = (one: CertificateStatus) => number | undefined;

function sampleOf(one: CertificateStatus, read: Read): Sample[] {
  const value = read(one);
  return value === undefined ? [] : [{ labels: { certificate: one.name }, value }];
}

function ofStaple(key: 'thisUpdate' | 'nextUpdate' | 'usefulUntil' | 'refreshAt' | 'criticalAt'): Read {
  return ({ staple }) => staple && seconds(staple[key]);
}

const GAUGES: readonly (readonly [name: string, help: string, read: Read])[] = [
  ['certificate_attention', '1 if a certificate needs attention.', (one) => Number(needsAttention(one))],
  [
    'certificate_must_staple',
    '1 if clients demand a staple for a certificate (RFC 7633).',
    ({ identity }) => identity && Number(identity.isMustStaple),
  ],
  [
    'certificate_not_after_timestamp_seconds',
    'End of a certificate.',
    ({ identity }) => identity && seconds(identity.notAfter),
  ],
  [
    'certificate_last_attempt_timestamp_seconds',
    'The last attempt to get a staple.',
    ({ lastAttempt }) => lastAttempt && seconds(lastAttempt.at),
  ],
  [
    'staple_usable',
    '1 if there is a usable staple; absent for a certificate that needs none.',
    (one) => (one.state === 'not-applicable' ? undefined : Number(isStapled(one))),
  ],
  ['staple_this_update_timestamp_seconds', 'thisUpdate of a usable staple.', ofStaple('thisUpdate')],
  ['staple_next_update_timestamp_seconds', 'nextUpdate of a usable staple.', ofStaple('nextUpdate')],
  [
    'staple_useful_until_timestamp_seconds',
    'The last time at which a staple is usable.',
    ofStaple('usefulUntil'),
  ],
  [
    'staple_refresh_timestamp_seconds',
    'The time from which a run fetches a new staple.',
    ofStaple('refreshAt'),
  ],
  [
    'staple_critical_timestamp_seconds',
    'The time from which a staple needs attention.',
    ofStaple('criticalAt'),
  ],
];

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
