import { expect, test } from 'vitest';
import { redact, redactPem } from '../../src/kubernetes/redact.js';

const after = (value: unknown): unknown => {
  const bytes = Buffer.from(JSON.stringify(value, undefined, 1));
  redact(bytes);
  return JSON.parse(bytes.toString());
};

const secret = (more: object = {}, data: object = {}) => ({
  kind: 'Secret',
  metadata: { name: 'a', namespace: 'b', resourceVersion: '1', ...more },
  data: { ...data, 'tls.crt': 'MII', 'tls.key': 'CANARY' },
});
const copy = JSON.stringify({ data: { 'tls.key': 'CANARY"' } });

test.each([
  ['a private key', secret()],
  ['a key of another name', secret({}, { 'other.pem': 'CANARY' })],
  [
    'a key with the name of a wanted field',
    secret({}, { name: 'CANARY', message: 'CANARY', continue: 'CANARY' }),
  ],
  [
    'the copy of kubectl apply',
    secret({ annotations: { 'kubectl.kubernetes.io/last-applied-configuration': copy } }),
  ],
  [
    'an annotation with the name of a wanted field',
    secret({ annotations: { 'tls.crt': 'CANARY', name: 'CANARY' } }),
  ],
  ['a list of texts', secret({ finalizers: ['CANARY', 'CANARY'] })],
  ['a very long name', secret({}, { ['x'.repeat(200)]: 'CANARY' })],
  ['text deep inside', secret({ a: { b: { c: { data: { 'tls.crt': 'CANARY' } } } } })],
  ['text outside of data', { ...secret(), 'tls.crt': 'CANARY', stringData: { 'tls.crt': 'CANARY' } }],
])('%s is overwritten, and the certificate stays', (_, value) => {
  for (const one of [
    value,
    { kind: 'SecretList', metadata: { continue: 'page-2' }, items: [value, value] },
  ]) {
    const shown = after(one) as { items?: object[]; metadata: object };
    expect(JSON.stringify(shown)).not.toContain('CANARY');
    for (const item of shown.items ?? [shown])
      expect(item).toMatchObject({
        metadata: { name: 'a', namespace: 'b', resourceVersion: '1' },
        data: { 'tls.crt': 'MII' },
      });
    if (shown.items !== undefined) expect(shown.metadata).toEqual({ continue: 'page-2' });
  }
});

test.each(['[', '{"a":', '[{"a":[', ']{"a":'])('%s again and again is not JSON any more', (text) => {
  const bytes = Buffer.from(text.repeat(200_000));
  redact(bytes);
  expect(bytes.toString().trimEnd().length).toBeLessThan(1000);
});

test.each(['', '"', '"a', '{"tls.key":"', String.raw`{"a":"\ `, '\\"', '}}}{"a":"b"', '{'.repeat(1000)])(
  '%j is not JSON, and does no harm',
  (text) => expect(() => redact(Buffer.from(text))).not.toThrow(),
);

test.each([
  ['-----BEGIN PRIVATE KEY-----\nCANARY\nCANARY\n-----END PRIVATE KEY-----\n'],
  ['-----BEGIN EC PRIVATE KEY-----\r\nCANARY\r\n-----END EC PRIVATE KEY-----\r\n'],
  ['-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nCANARY'],
])('a private key among certificates is overwritten, and its kind stays: %j', (key) => {
  const certificate = 'text \u00e4\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  for (const text of [certificate + key, key, key + key]) {
    const bytes = Buffer.from(text);
    redactPem(bytes);
    expect(bytes).toHaveLength(Buffer.byteLength(text));
    expect(bytes.toString()).not.toMatch(/CANARY|ENCRYPTED/);
    expect(bytes.toString()).toContain('PRIVATE KEY-----');
    expect(bytes.toString().includes(certificate)).toBe(text.includes(certificate));
  }
});
