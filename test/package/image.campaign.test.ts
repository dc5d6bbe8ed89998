import { chownSync, mkdirSync } from 'node:fs';
import { execa } from 'execa';
import { afterAll, beforeEach, expect, test, type TestContext } from 'vitest';
import { stringify } from 'yaml';
import { openTestPki } from '../command/support/test-pki.js';
import { blockWith, ROOT } from '../docs/support/markdown.js';
import { requireProgram, requireRoot } from '../support/require.js';
import { makeSandbox } from '../support/sandbox.js';
import { commandOf } from './support/installation.js';

const pki = openTestPki();
const sandbox = makeSandbox();
afterAll(() => sandbox.dispose());

beforeEach((context: TestContext) => {
  requireRoot(context);
  requireProgram('buildah', 'buildah', context);
});

/** The images of this test are in its sandbox, and need neither a registry nor a runtime. */
async function buildah(...args: readonly string[]) {
  const places = [
    '--root',
    sandbox.path('images'),
    '--runroot',
    sandbox.path('run'),
    '--storage-driver',
    'vfs',
  ];
  return execa('buildah', [...places, ...args], {
    cwd: ROOT,
    reject: false,
    stdin: 'ignore',
    env: { BUILDAH_ISOLATION: 'chroot' },
  });
}

async function succeed(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await buildah(...args);
  expect([args, exitCode, exitCode === 0 ? '' : stderr]).toEqual([args, 0, '']);
  return stdout;
}

/** An image with this Node.js and its libraries, and not even a shell. */
async function makeBase(): Promise<void> {
  const { stdout } = await execa('ldd', [process.execPath]);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
  const base = await succeed('from', 'scratch');
  await succeed('copy', base, process.execPath, '/usr/bin/node');
  for (const library of libraries) await succeed('copy', base, library, library);
  await succeed('commit', base, 'localhost/node');
  await succeed('rm', base);
}

interface Inspected {
  readonly OCIv1: { readonly config: { User: string; Entrypoint: string[]; Cmd: string[] } };
}

test('an ordinary user runs it in an image without a shell', async () => {
  await makeBase();
  const [build = '', ...options] = commandOf('package:image').replace('buildah ', '').split(' ');
  await succeed(build, '--build-arg', 'BASE=localhost/node', ...options);
  const { OCIv1 } = JSON.parse(await succeed('inspect', '--type', 'image', 'ocspbot')) as Inspected;
  const { User, Entrypoint, Cmd } = OCIv1.config;
  expect(User).toBe('65532:65532');

  const certificate = pki.issue();
  sandbox.write('host/etc/ssl/cert.pem', certificate.pem + (certificate.issuer?.pem ?? ''));
  const domains = { 'example.com': { cert: '/etc/ssl/cert.pem', ocsp: 'staple' } };
  sandbox.write('host/etc/ocspbot.yaml', stringify({ ocsp_folder: '/var/lib/ocsp', domains }));
  mkdirSync(sandbox.path('host/var/lib/ocsp'), { recursive: true });
  chownSync(sandbox.path('host/var/lib/ocsp'), 65_532, 65_532);
  // There is no podman here: buildah runs it with the folders that the document gives to podman.
  const { text } = blockWith('docs/installation.md', 'sh', 'podman run');
  const volumes = [...text.matchAll(/--volume (\S+)/g)].map(([, volume = '']) =>
    sandbox.path(`host${volume}`),
  );
  const container = await succeed('from', '--pull-never', 'ocspbot');
  const run = (...command: string[]) =>
    buildah('run', ...volumes.flatMap((volume) => ['--volume', volume]), ...[container, '--', ...command]);
  const { exitCode, stdout, stderr } = await run(...Entrypoint, ...Cmd);
  expect([exitCode, stdout, stderr]).toEqual([2, expect.stringContaining('updated'), expect.anything()]);
  expect(sandbox.exists('host/var/lib/ocsp/staple')).toBe(true);
  expect((await run('sh', '-c', 'true')).exitCode).not.toBe(0);
});
