import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { openTestPki } from '../command/support/test-pki.js';
import { ROOT } from '../docs/support/markdown.js';
import { require, requireRoot } from '../support/require.js';
import { makeSandbox } from '../support/sandbox.js';
import { buildAsDocumented } from './support/installation.js';
import { overlay } from './support/tree.js';

const pki = openTestPki();
const sandbox = makeSandbox();
afterAll(() => sandbox.dispose());

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const NAME = `ocspbot-${version}-linux-${process.arch}`;
const ARCHIVE = join(ROOT, `packages/${NAME}.tar.gz`);
const EPOCH = 1_764_000_000;

let documented = '';
beforeAll(async () => {
  documented = await buildAsDocumented('package:archive', { SOURCE_DATE_EPOCH: String(EPOCH) });
});

test('nothing in the archive depends on who has built it, when and where', async () => {
  const { stdout } = await execa('tar', ['--list', '--verbose', '--full-time', '--file', ARCHIVE], {
    env: { TZ: 'UTC' },
  });
  const entries = stdout.split('\n').map((line) => line.split(/ +/));
  expect(new Set(entries.map(([mode, owner, , date, time]) => [mode, owner, date, time].join(' ')))).toEqual(
    new Set(
      ['drwxr-xr-x', '-rw-r--r--', '-rwxr-xr-x'].map(
        (mode) => `${mode} root/root ${new Date(EPOCH * 1000).toISOString().slice(0, 19).replace('T', ' ')}`,
      ),
    ),
  );
  const paths = entries.map((words) => words.at(-1));
  expect(paths).toEqual(paths.toSorted());
  // RFC 1952, section 2.3: no name, and no time.
  expect(readFileSync(ARCHIVE).subarray(3, 8)).toEqual(Buffer.alloc(5));
});

test('its bill of materials is valid, and has Node.js', async () => {
  const { stdout } = await execa('tar', ['--extract', '--to-stdout', '--file', ARCHIVE, `${NAME}/sbom.json`]);
  expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(stdout)).toBeNull();
  expect(stdout).toContain(`"pkg:npm/node-linux-${process.arch}@`);
});

test('an ordinary user runs it where there is no Node.js', async (context) => {
  requireRoot(context); // a file system of its own
  const alone = await execa('unshare', ['--mount', 'true'], { reject: false });
  require(alone.exitCode === 0, `namespaces cannot be made here: ${alone.stderr}`, context);
  // The system of this machine.
  const { path, run } = overlay('/', sandbox);
  const write = (absolute: string, content: string | Uint8Array) => {
    mkdirSync(dirname(path(absolute)), { recursive: true });
    writeFileSync(path(absolute), content);
  };
  // A character device 0:0 in the upper layer says that there is no such file.
  for (const folder of ['/usr/bin', '/usr/local/bin']) {
    mkdirSync(path(folder), { recursive: true });
    await execa('mknod', [path(`${folder}/node`), 'c', '0', '0']);
  }
  const certificate = pki.issue();
  write('/srv/user/cert.pem', certificate.pem + (certificate.issuer?.pem ?? ''));
  const domains = { 'example.com': { cert: 'cert.pem', ocsp: 'staple' } };
  write('/srv/user/ocspbot.yaml', stringify({ ocsp_folder: '.', domains }));
  write(`/srv/user/packages/${NAME}.tar.gz`, readFileSync(ARCHIVE));
  // The commands of the document, in a home and without root.
  const commands = documented.replaceAll('/opt', '.').replace('/usr/local/bin/ocspbot', 'ocspbot');
  await run('chown -R 1234:1234 /srv/user');
  const script = `cd /srv/user
    if command -v node; then exit 1; fi
    ${commands}
    ./ocspbot --version
    ${NAME}/bin/ocspbot || echo status $?
    id -u`;
  const output = await run(`setpriv --reuid=1234 --regid=1234 --clear-groups sh -ec '${script}'`);
  expect(output).toMatch(new RegExp(`^ocspbot ${version}\n[^]*updated[^]*\nstatus 2\n1234$`));
});
