import { expect, test } from 'vitest';
import { makeResponse } from '../support/ca.js';
import { onlyOne, reportOf } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { HOUR, MINUTE, NOW } from './support/times.js';

const pki = openTestPki();

interface Circumstances {
  readonly ocsp?: string;
  readonly service?: 'haproxy' | 'nginx';
  readonly singles?: number;
}

/** Prepares a certificate whose responder sends the given number of SingleResponses. */
function setUp({ ocsp = 'a.der', service = 'nginx', singles = 2 }: Circumstances): {
  workspace: Workspace;
  response: Uint8Array;
} {
  const workspace = makeWorkspace(pki);
  const { certificate } = workspace.add('a.example', { entry: { ocsp, services: [service] } });
  const times = { thisUpdate: NOW - MINUTE, nextUpdate: NOW + HOUR };
  const others = Array.from({ length: singles - 1 }, () => ({ certificate: pki.issue(), ...times }));
  const response = makeResponse({
    issuer: pki.authority.intermediate,
    singles: [{ certificate, ...times }, ...others],
  });
  pki.responder.set({ kind: 'bytes', bytes: response }, certificate);
  workspace.configure({ services: { nginx: {}, haproxy: { runtime_socket: '/run/nobody/admin.sock' } } });
  return { workspace, response };
}

const IGNORED =
  /^the response has 2 SingleResponses: HAProxy ignores such a one, and Envoy refuses it; ask the CA for a responder that answers about one certificate at a time$/;

test.each<[string, Circumstances]>([
  ['for a service with a runtime socket', { service: 'haproxy' }],
  ['to a file that HAProxy reads by its name', { ocsp: 'a.pem.ocsp' }],
])('installing a response with several SingleResponses %s warns', async (_, circumstances) => {
  const { workspace } = setUp(circumstances);
  const { outcome, urgency, warnings } = onlyOne(reportOf(await workspace.run('--json')));
  expect([outcome, urgency]).toEqual(['updated', 'warning']);
  expect(warnings).toEqual([expect.stringMatching(IGNORED)]);
});

test('so does the command install, and the warning has the name before it', async () => {
  const { workspace, response } = setUp({ ocsp: 'a.ocsp' });
  workspace.sandbox.write('given.der', response);
  const { stderr } = await workspace.runCommand('install', 'given.der', '--config', 'ocspbot.yaml');
  expect(stderr).toMatch(/^warning: a\.example: the response has 2 SingleResponses: HAProxy /m);
});

test.each<[string, Circumstances]>([
  ['of another name, for another service', {}],
  ['with one SingleResponse', { ocsp: 'a.ocsp', service: 'haproxy', singles: 1 }],
])('a response %s does not', async (_, circumstances) => {
  const { workspace } = setUp(circumstances);
  expect(onlyOne(reportOf(await workspace.run('--json'))).warnings).toEqual([]);
});

test('what is in place already is not warned about again', async () => {
  const { workspace } = setUp({ ocsp: 'a.ocsp' });
  await workspace.run();
  expect(onlyOne(reportOf(await workspace.run('--json'))).warnings).toEqual([]);
});
