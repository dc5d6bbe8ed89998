import { chmodSync, statSync } from 'node:fs';
import { expect } from 'vitest';
import type { TestPki } from '../../command/support/test-pki.js';
import type { StapleName } from '../../command/support/staples.js';
import { exampleScript, STATUSES } from '../../examples/support/machine.js';
import type { Block } from '../support/markdown.js';
import { makeHost, README_CONFIGURATION, type Host } from '../support/host.js';
import { expectInstalled, type SnippetTests } from './snippet-tests.js';

export const CALLERS: SnippetTests = {
  'docs/callers.md: ocspbot /etc/ocspbot.yaml --quiet; rc=$?': reloadsByStatus,
  'docs/callers.md: useradd --system --no-create-home --shell /usr/sbin/nologin ocspbot': installsUnits,
  'docs/callers.md: install -D -m 755 examples/hooks/deploy /usr/local/lib/ocspbot/deploy': installsHooks,
  'docs/callers.md: # /etc/default/ocspbot': setsUpTheHooks,
  'docs/callers.md: chmod 755 /var/lib/dehydrated/certs /var/lib/dehydrated/certs/* # for dehydrated, also for each new certificate':
    opensCertificates,
};

/** Both scripts of callers.md, with runs of each kind. */
async function reloadsByStatus({ text }: Block, pki: TestPki): Promise<void> {
  for (const [status, services] of STATUSES) {
    const host = makeHost(pki);
    prepare(host, status, pki);
    const run = await host.shell(text);
    expect(host.machine.calls()).toEqual(services.map((name) => `reload ${name}`));
    if (status === 78) expect(run.stderr).toContain('domains');
  }
  const failing = makeHost(pki);
  prepare(failing, 6, pki);
  failing.stub('systemctl', '[ "$2" != exim4 ]');
  expect((await failing.shell(text)).stdout).toBe('the next run asks for the reload of exim4\n');
  expect((await failing.shell('ocspbot /etc/ocspbot.yaml --quiet')).status).toBe(4);
  // Node.js ends with 1 when it cannot run a program.
  const dead = makeHost(pki);
  dead.configure(README_CONFIGURATION);
  const real = dead.machine.workspace.sandbox.text('bin/ocspbot').split('\n')[1] ?? '';
  dead.stub('ocspbot', `[ "$1" = services ] || exit 1\n${real}`);
  await dead.shell(text);
  expect(dead.machine.calls()).toEqual([]);
}

/** Has the next run end with this status. */
function prepare(host: Host, status: number, pki: TestPki): void {
  const staple = (bit: number): StapleName => ((status & bit) !== 0 && status < 64 ? 'due' : 'fresh');
  const extra =
    (status & 32) !== 0 && status < 64
      ? '  bad.example:\n    cert: /etc/ssl/bad.example.pem\n    ocsp: bad.example.ocsp-resp\n'
      : '';
  host.configure(`http: { attempts: 1 }\n${README_CONFIGURATION}${extra}`, {
    'example.com': staple(2),
    'mail.example.com': staple(4),
  });
  if (extra !== '') pki.responder.set('tryLater', host.certificate('bad.example'));
  if (status === 78) host.write('/etc/ocspbot.yaml', 'domains: 5\n');
}

async function installsUnits({ text }: Block, pki: TestPki): Promise<void> {
  const host = makeHost(pki);
  host.write('/etc/systemd/system/.keep', '');
  host.stub('useradd', 'echo "$*" >users');
  // Only root may give a folder away, to a user that is there.
  host.alias(' -o ocspbot -g ocspbot', '');
  expect(text).toContain('install -d -o ocspbot -g ocspbot /var/lib/ocsp\n');
  expect(await host.shell(`set -e\n${text}`)).toMatchObject({ status: 0, stderr: '' });
  expect(host.machine.workspace.sandbox.text('users')).toMatch(/ ocspbot\n$/);
  expectInstalled(host, '/usr/local/lib/ocspbot/reload', 'systemd/reload', '755');
  for (const unit of ['ocspbot.service', 'ocspbot.timer'])
    expectInstalled(host, `/etc/systemd/system/${unit}`, `systemd/${unit}`, '644');
  expect(host.machine.calls()).toEqual(['daemon-reload', 'enable --now ocspbot.timer']);
}

async function installsHooks({ text }: Block, pki: TestPki): Promise<void> {
  const host = makeHost(pki);
  host.stub('acme.sh', 'for last; do :; done; echo "$last"');
  const run = await host.shell(`set -e\n${text}`);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(host.shown(run.stdout)).toBe('/usr/local/lib/ocspbot/deploy example.com\n');
  expectInstalled(host, '/usr/local/lib/ocspbot/deploy', 'hooks/deploy', '755');
  expectInstalled(host, '/etc/letsencrypt/renewal-hooks/deploy/ocspbot', 'hooks/certbot-deploy', '755');
  expectInstalled(host, '/usr/local/lib/ocspbot/dehydrated', 'hooks/dehydrated', '755');
}

async function opensCertificates({ text }: Block, pki: TestPki): Promise<void> {
  const host = makeHost(pki);
  const folders = ['/var/lib/dehydrated/certs', '/var/lib/dehydrated/certs/example.com'];
  const legos = ['/etc/lego', '/etc/lego/certificates'];
  const [dehydrated, lego] = [`${folders[1]}/fullchain.pem`, `${legos[1]}/example.com.crt`];
  const keys = [`${folders[1]}/privkey.pem`, `${legos[1]}/example.com.key`];
  for (const file of [dehydrated, lego, ...keys]) host.write(file, '', 0o600);
  for (const folder of [...folders, ...legos]) chmodSync(host.path(folder), 0o700);
  expect(await host.shell(`set -e\n${text}`)).toMatchObject({ status: 0, stderr: '' });
  const modeOf = (path: string) => statSync(host.path(path)).mode & 0o777;
  expect([...folders, ...legos].map(modeOf)).toEqual([0o755, 0o755, 0o755, 0o755]);
  expect([dehydrated, lego, ...keys].map(modeOf)).toEqual([0o644, 0o644, 0o600, 0o600]);
}

/** The settings of the machine, read by the hook that is called as acme.sh calls it. */
async function setsUpTheHooks({ text }: Block, pki: TestPki): Promise<void> {
  const host = makeHost(pki);
  host.configure(README_CONFIGURATION, { 'mail.example.com': 'fresh' });
  host.stub('runuser', '[ "$1 $2 $3" = "-u ocspbot --" ] || exit 1; echo "$2" >>users; shift 3; exec "$@"');
  const defaults = host.machine.workspace.sandbox.write('defaults', text);
  const run = await host.shell(`${exampleScript('hooks/deploy')} example.com`, {
    OCSPBOT_DEFAULTS: defaults,
    OCSPBOT_CONFIG: host.path('/etc/ocspbot.yaml'),
  });
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(host.machine.calls()).toEqual(['reload exim4', 'reload nginx']);
  expect(host.machine.workspace.sandbox.text('users')).toMatch(/^(?:ocspbot\n)+$/);
}
