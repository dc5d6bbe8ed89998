import { expect, test } from 'vitest';
import { servingWarnings } from '../../src/services/ignored-responses.js';

test.each([
  ['of one certificate', 1, '/ocsp/a.ocsp', [], 0],
  ['of several, where HAProxy reads it', 2, '/ocsp/a.ocsp', [], 1],
  ['of several, for another server', 2, '/ocsp/a.ocsp-resp', [], 0],
  ['of several, for a socket of HAProxy', 2, '/ocsp/a.der', [{ kind: 'unix', path: '/s' }], 1],
] as const)(
  'a response %s is warned of as the server demands',
  (_, count, ocsp, runtimeSockets, expected) => {
    const services = [{ name: 'web', runtimeSockets }];
    const warnings = servingWarnings({ singleResponses: count }, { ocsp, services: ['web'] }, services);
    expect(warnings).toHaveLength(expected);
  },
);
