import { expect, test } from 'vitest';
import { metricsText } from '../../src/snapshot/metrics.js';
import type { CertificateStatus } from '../../src/snapshot/snapshot.js';
import { ATTACKED, certificate, snapshotOf } from './support/snapshots.js';

/** Returns the samples without their values. The node_exporter refuses two that are equal. */
function seriesIn(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
}

/** A certificate that a scan found, and whose name another one has. */
function refused(name: string): CertificateStatus {
  const action = { kind: 'fail', reason: 'name-taken', next: undefined } as const;
  return { ...certificate(name, 0, 'broken'), action, identity: undefined, lastAttempt: undefined };
}

test('no two series are equal, whatever the names are once passwords in them are hidden', () => {
  const names = ['u:secret@h', 'u:sicret@h', 'u:sacret@h (2)', '\u0001', String.raw`\u0001`];
  const certificates = [
    refused('a.example'),
    ...['a.example', 'a.example (2)', ...names].map((name) => certificate(name)),
    refused('a.example'),
  ];
  const counts = { attempts: 2, failures: 1 };
  const responders = new Map(
    ['http://u:aa@h', 'http://u:bb@h', '\uD800', '\uD801'].map((one) => [one, counts]),
  );
  for (const snapshot of [snapshotOf(certificates, { responders }), ATTACKED]) {
    const series = seriesIn(Buffer.from(metricsText(snapshot)).toString());
    expect(series.filter((one, index) => series.indexOf(one) !== index)).toEqual([]);
    expect(series.filter((one) => one.startsWith('ocspbot_certificate_attention'))).toHaveLength(
      snapshot.certificates.length,
    );
  }
});

test('the certificate that keeps a name keeps its series', () => {
  const text = metricsText(snapshotOf([refused('a.example'), certificate('a.example')]));
  expect(text).toMatch(/^ocspbot_certificate_attention\{.*certificate="a\.example"\} 0$/m);
  expect(text).toMatch(/^ocspbot_certificate_attention\{.*certificate="a\.example \(2\)"\} 1$/m);
});
