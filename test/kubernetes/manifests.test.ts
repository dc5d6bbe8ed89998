import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { EXAMPLES } from '../examples/support/machine.js';
import { requireProgram } from '../support/require.js';
import { makeSandbox } from '../support/sandbox.js';
import { startApiServer } from './support/api-server.js';

const FOLDER = join(EXAMPLES, 'kubernetes');

test('kubectl accepts each manifest, and knows its kinds and namespaces', async (context) => {
  const kubectl = requireProgram('kubectl', 'kubernetes-client', context);
  const api = await startApiServer();
  const sandbox = makeSandbox();
  const ca = sandbox.write('ca.crt', api.ca);
  const server = [
    '--server',
    `https://localhost:${api.port}`,
    '--token',
    'token-1',
    '--certificate-authority',
    ca,
  ];
  const args = ['apply', '--dry-run=client', '--validate=false', '-f', FOLDER];
  const { stdout, stderr, exitCode } = await execa(kubectl, [...server, ...args], {
    env: { HOME: sandbox.folder },
    reject: false,
  });
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout.split('\n').toSorted()).toEqual(
    [
      'clusterrole.rbac.authorization.k8s.io',
      'clusterrolebinding.rbac.authorization.k8s.io',
      'configmap',
      'cronjob.batch',
      'networkpolicy.networking.k8s.io',
      'role.rbac.authorization.k8s.io',
      'rolebinding.rbac.authorization.k8s.io',
      'serviceaccount',
      'serviceaccount',
    ].map((kind) => `${kind}/ocspbot created (dry run)`),
  );
  expect(readdirSync(FOLDER)).toHaveLength(4);
});
