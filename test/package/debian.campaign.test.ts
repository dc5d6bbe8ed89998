import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test, type TestContext } from 'vitest';
import { stringify } from 'yaml';
import { openTestPki } from '../command/support/test-pki.js';
import { ROOT } from '../docs/support/markdown.js';
import { requireProgram } from '../support/require.js';
import { makeSandbox } from '../support/sandbox.js';
import { buildAsDocumented } from './support/installation.js';
import { overlay, requireDebian13 } from './support/tree.js';

const pki = openTestPki();
const sandbox = makeSandbox();
afterAll(() => sandbox.dispose());

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const DEB = join(ROOT, `packages/ocspbot_${version.replace('-', '~')}_all.deb`);
const INSTALL =
  'DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends --option Dpkg::Options::=--force-confold';
const STAPLE = '/var/lib/ocsp/example.com.ocsp-resp';
const SETTINGS = '/etc/default/ocspbot';

let documented = '';
beforeAll(async () => {
  documented = await buildAsDocumented('package:deb');
});

test('the same build makes the same package', async () => {
  const before = readFileSync(DEB);
  await buildAsDocumented('package:deb');
  expect(readFileSync(DEB).equals(before)).toBe(true);
});

test('lintian has nothing to say', async (context) => {
  requireProgram('lintian', 'lintian', context);
  const { stdout } = await execa('lintian', ['--pedantic', '--allow-root', DEB], { reject: false });
  expect(stdout).toBe('');
});

test('units and scripts are those of the examples, in the places of a package', async () => {
  await execa('dpkg-deb', ['--extract', DEB, sandbox.path('extracted')]);
  const condition = 'ConditionPathExists=/etc/ocspbot.yaml\n';
  for (const [packaged, example] of [
    ['systemd/system/ocspbot.service', 'systemd/ocspbot.service'],
    ['systemd/system/ocspbot.timer', 'systemd/ocspbot.timer'],
    ['ocspbot/reload', 'systemd/reload'],
    ['ocspbot/deploy', 'hooks/deploy'],
  ] as const) {
    const text = sandbox.text(`extracted/usr/lib/${packaged}`).replace(condition, '');
    expect(text.replaceAll('/usr/lib/ocspbot', '/usr/local/lib/ocspbot')).toBe(
      readFileSync(join(ROOT, 'examples', example), 'utf8'),
    );
  }
  expect(sandbox.text('extracted/usr/lib/systemd/system/ocspbot.service')).toContain(condition);
});

test('discover names the schema of the package', async () => {
  await execa('dpkg-deb', ['--extract', DEB, sandbox.path('extracted')]);
  const program = sandbox.path('extracted/usr/bin/ocspbot');
  sandbox.write('site/cert.pem', pki.issue().pem + pki.authority.intermediate.pem);
  const { stdout } = await execa(process.execPath, [program, 'discover', sandbox.path('site')], {
    reject: false,
  });
  const schema = sandbox.path('extracted/usr/share/ocspbot/schemas/ocspbot.yaml.schema.json');
  expect(existsSync(schema)).toBe(true);
  expect(stdout).toContain(`# yaml-language-server: $schema=${pathToFileURL(schema).href}\n`);
});

// One machine from the first day to the last: each test goes on where the one before it has ended.
describe('on Debian 13, with its own Node.js', () => {
  let run: (script: string, user?: string) => Promise<string>;
  let path: (absolute: string) => string;
  let files = '';

  const write = (absolute: string, content: string): void => {
    mkdirSync(dirname(path(absolute)), { recursive: true });
    writeFileSync(path(absolute), content);
  };
  const LIST =
    'find /etc /usr /var/lib/ocsp* /var/lib/systemd -not -name "*-" -not -name __pycache__ 2>/dev/null || true';

  beforeEach(async (context: TestContext) => {
    const lower = requireDebian13(context);
    if (files !== '') return;
    ({ run, path } = overlay(lower, sandbox));
    await run(`${INSTALL} systemd`);
    files = await run(LIST);
    mkdirSync(path('/root/packages'), { recursive: true });
    copyFileSync(DEB, path(`/root/packages/${basename(DEB)}`));
    copyFileSync(DEB, path('/root/ocspbot.deb'));
  });

  test('it is installed: the timer is enabled, and the service waits for a configuration', async () => {
    expect(documented).toMatch(/^apt install /);
    await run(`cd /root; ${documented.replace('apt install', INSTALL)}`);
    expect(await run('ocspbot --version')).toBe(`ocspbot ${version}`);
    expect(await run('systemctl is-enabled ocspbot.timer')).toBe('enabled');
    expect(await run('stat --format="%U:%G %a" /var/lib/ocsp')).toBe('ocspbot:ocspbot 755');
    expect(await run('systemd-analyze verify ocspbot.service ocspbot.timer 2>&1')).toBe('');
    const condition =
      'systemd-analyze condition "$(grep ^Condition /usr/lib/systemd/system/ocspbot.service)"';
    expect(await run(`${condition} 2>&1 || true`)).toContain('Conditions failed');
    await run('touch /etc/ocspbot.yaml');
    expect(await run(`${condition} 2>&1`)).toContain('Conditions succeeded');
  });

  test('its user installs a staple', async () => {
    const certificate = pki.issue();
    write('/etc/ssl/example.com.pem', certificate.pem + (certificate.issuer?.pem ?? ''));
    const entry = { cert: '/etc/ssl/example.com.pem', ocsp: 'example.com.ocsp-resp' };
    const configuration = { ocsp_folder: '/var/lib/ocsp', domains: { 'example.com': entry } };
    write('/etc/ocspbot.yaml', stringify(configuration));
    const command = 'runuser -u ocspbot -- ocspbot /etc/ocspbot.yaml || echo status $?';
    expect(await run(command)).toMatch(/updated[^]*status 2$/);
    expect(await run(`stat --format="%U:%G %a" ${STAPLE}`)).toBe('ocspbot:ocspbot 644');
  });

  test('an upgrade keeps the staple, the settings, and a timer that was disabled', async () => {
    const staple = readFileSync(path(STAPLE));
    await run(`systemctl disable ocspbot.timer 2>/dev/null; echo '# mine' >>${SETTINGS}
      dpkg-deb --raw-extract /root/ocspbot.deb /tmp/next
      sed --in-place 's/^Version: .*/&+next/' /tmp/next/DEBIAN/control
      echo '# theirs' >>/tmp/next${SETTINGS}
      dpkg-deb --build /tmp/next /root/next.deb
      ${INSTALL} /root/next.deb`);
    expect(await run('dpkg-query --show --showformat="\\${Version} \\${Status}" ocspbot')).toBe(
      `${version}+next install ok installed`,
    );
    expect(await run('systemctl is-enabled ocspbot.timer || true')).toBe('disabled');
    expect(await run(`tail -n 1 ${SETTINGS}`)).toBe('# mine');
    expect(readFileSync(path(STAPLE)).equals(staple)).toBe(true);
  });

  test('without the package, what servers and administrators need stays', async () => {
    await run('systemctl enable ocspbot.timer 2>/dev/null; apt-get remove --yes ocspbot');
    expect(await run('ls /usr/bin/ocspbot 2>&1 || true')).toContain('No such file');
    expect(await run(`ls ${STAPLE} ${SETTINGS} /etc/ocspbot.yaml`)).toContain(STAPLE);
  });

  test('a purge leaves the staples and the configuration, and nothing else', async () => {
    await run(`${INSTALL} /root/ocspbot.deb; apt-get purge --yes ocspbot`);
    const before = files.split('\n');
    const left = (await run(LIST)).split('\n').filter((file) => !before.includes(file));
    expect(left.toSorted()).toEqual(
      ['/etc/ocspbot.yaml', '/etc/ssl/example.com.pem', '/var/lib/ocsp', STAPLE].toSorted(),
    );
    expect(existsSync(path(STAPLE))).toBe(true);
  });
});
