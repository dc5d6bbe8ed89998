import { expect, test } from 'vitest';
import { objectionIfRenewed } from '../../src/run/renewed.js';
import { makeAuthority } from '../support/ca.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { fakeSource, makeOrder, openSingleRun } from './support/order.js';

const authority = makeAuthority();

test.each<[string, (sandbox: Sandbox) => void, string | undefined]>([
  ['is there still', () => undefined, undefined],
  ['was replaced', (sandbox) => sandbox.writeCertificate('a', authority.issue()), 'certid-mismatch'],
  // Another program may be writing it.
  ['is not there now', (sandbox) => sandbox.remove('a/cert.pem'), undefined],
  ['is empty', (sandbox) => sandbox.write('a/cert.pem', ''), undefined],
])('of a certificate that %s', (_, change, code) => {
  const sandbox = makeSandbox();
  sandbox.write('ocsp/.keep', '');
  const entry = sandbox.writeCertificate('a', authority.issue());
  sandbox.writeConfiguration({ ocsp_folder: 'ocsp', domains: { a: entry } });
  const order = makeOrder(sandbox, fakeSource({}));
  const { prepared } = openSingleRun(order);
  if (prepared.kind !== 'ready') throw prepared.error;
  change(sandbox);
  expect(objectionIfRenewed(prepared as never, order.system.files)?.code).toBe(code);
});
