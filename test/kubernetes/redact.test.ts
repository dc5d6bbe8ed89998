import { expect, test } from 'vitest';
import { redact } from '../../src/kubernetes/redact.js';

const after = (value: unknown): unknown => {
  const bytes = Buffer.from(JSON.stringify(value, undefined, 1));
  redact(bytes);
  return JSON.parse(bytes.toString());
};

test.each([
  ['a private key', { data: { 'tls.key': 'CANARY', 'tls.crt': 'MII' } }],
  ['a key of another name', { data: { 'other.pem': 'CANARY', 'tls.crt': 'MII' } }],
  [
    'the copy of kubectl apply',
    { annotations: { 'k/last': '{"data":{"tls.key":"CANARY\\\\"}}' }, 'tls.crt': 'MII' },
  ],
  ['a list', { items: ['CANARY', 'CANARY'], 'tls.crt': 'MII' }],
  ['a very long name', { ['x'.repeat(200)]: 'CANARY', 'tls.crt': 'MII' }],
])('%s is overwritten, and the certificate stays', (_, value) => {
  const text = JSON.stringify(after(value));
  expect(text).not.toContain('CANARY');
  expect(text).toContain('"tls.crt":"MII"');
});

test.each(['', '"', '"a', '{"tls.key":"', String.raw`{"a":"\ `, '\\"'])(
  '%j is no JSON, and does no harm',
  (text) => expect(() => redact(Buffer.from(text))).not.toThrow(),
);
