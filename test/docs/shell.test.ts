import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStage } from '../command/support/stage.js';
import type { StapleName } from '../command/support/staples.js';
import { EXAMPLES, STATUSES } from '../examples/support/machine.js';
import { blocksIn, blockWith, ROOT, type Block } from './support/markdown.js';
import { makeWorld, README_CONFIGURATION, type World } from './support/world.js';

const stage = openStage();

/** How each shell block is tried. */
const TRIALS: Readonly<Record<string, (block: Block) => Promise<void>>> = {
  'README.md: npm ci && npm run build && npm install --global .': installs,
  'README.md: install -D -m 644 examples/cron/ocspbot /etc/cron.d/ocspbot': async ({ text }) => {
    const world = makeWorld(stage);
    expect(await world.shell(text)).toMatchObject({ status: 0, stderr: '' });
    expectInstalled(world, '/etc/cron.d/ocspbot', 'cron/ocspbot', '644');
  },
  'docs/callers.md: ocspbot /etc/ocspbot.yaml --quiet; rc=$?': (block) => reloadsByStatus(block),
  'docs/callers.md: useradd --system --no-create-home --shell /usr/sbin/nologin ocspbot': installsUnits,
  'docs/callers.md: install -D -m 755 examples/hooks/deploy /usr/local/lib/ocspbot/deploy': installsHooks,
  'docs/callers.md: # /etc/default/ocspbot': setsUpTheHooks,
  'docs/fleet.md: rsync -a fetcher:/var/lib/ocsp/ /srv/staples/': installsFromAFetcher,
  'docs/migration.md: python3 ocspbot.py /etc/ocspbot.yaml': misreadsErrors,
  'docs/migration.md: ocspbot /etc/ocspbot.yaml --quiet': readsTheStatus,
  'docs/troubleshooting.md: ocspbot validate /etc/ocspbot.yaml': diagnoses,
};

/** Blocks that no test can run here, each with the reason. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'README.md: npm ci && npm run demo':
    '.ci/run runs it on a fresh system: npm ci would take the packages from under the tests',
  'README.md: npm ci && npm test': '.ci/run runs it on a fresh system: it is this run',
  'docs/fleet.md: npm run build':
    'test/examples/ansible.long.campaign.test.ts plays site.yml, which takes minutes',
};

const blocks = blocksIn('sh');

test('every shell block is tried or excused, and nothing else', () => {
  const keys = [...Object.keys(TRIALS), ...Object.keys(NOT_RUN)];
  expect(keys.toSorted()).toEqual([...new Set(blocks.map(({ key }) => key))].toSorted());
});

test.each(blocks.map((block) => [`${block.document}:${block.line}`, block] as const))(
  'a shell understands %s',
  async (_, { text }) => {
    expect(await makeWorld(stage).machine.shell(`sh -n <<'END'\n${text}END`)).toMatchObject({
      status: 0,
      stderr: '',
    });
  },
);

test('npm scripts and files that the documents name are there', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const words = blocks.flatMap(({ text }) => text.split(/\s+/));
  for (const path of words.filter((word) => /^(?:examples|dist|docs)\//.test(word)))
    expect(existsSync(join(ROOT, path)), path).toBe(true);
  for (const { text } of blocks)
    for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([name]);
});

describe('what a shell block is said to do, it does', () => {
  test.each(
    blocks
      .filter(({ key }) => key in TRIALS)
      .map((block) => [`${block.document}:${block.line} ${block.text.split('\n', 1)[0]}`, block] as const),
  )('%s', (_, block) => TRIALS[block.key]?.(block));
});

function expectInstalled(world: World, path: string, example: string, mode: string): void {
  expect(readFileSync(world.path(path), 'utf8')).toBe(readFileSync(join(EXAMPLES, example), 'utf8'));
  expect((statSync(world.path(path)).mode & 0o777).toString(8)).toBe(mode);
}

/** The rest of the line than `npm ci`, which would take the packages from under the tests, and the build, which is done. */
async function installs({ text }: Block): Promise<void> {
  const world = makeWorld(stage);
  const [, command = ''] = text.split('npm ci && npm run build && ');
  const prefix = world.path('/usr/local');
  const npm = (script: string) =>
    execFileSync('/bin/sh', ['-c', script], {
      cwd: ROOT,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: world.path('/'),
        npm_config_prefix: prefix,
        npm_config_offline: 'true',
      },
    });
  npm(`${command.trim()} --no-audit --no-fund --ignore-scripts`);
  expect(execFileSync(join(prefix, 'bin/ocspbot'), ['--version'], { encoding: 'utf8' })).toMatch(
    /^ocspbot \d/,
  );
  npm('npm uninstall --global ocspbot --ignore-scripts');
  expect(existsSync(join(prefix, 'bin/ocspbot'))).toBe(false);
}

/** Both scripts of callers.md, with runs of each kind. */
async function reloadsByStatus({ text }: Block): Promise<void> {
  for (const [status, services] of STATUSES) {
    const world = makeWorld(stage);
    prepare(world, status);
    const run = await world.shell(text);
    expect(world.machine.calls()).toEqual(services.map((name) => `reload ${name}`));
    if (status === 78) expect(run.stderr).toContain('domains');
  }
  const failing = makeWorld(stage);
  prepare(failing, 6);
  failing.stub('systemctl', '[ "$2" != exim4 ]');
  expect((await failing.shell(text)).stdout).toBe('the next run asks for the reload of exim4\n');
  expect((await failing.shell('ocspbot /etc/ocspbot.yaml --quiet')).status).toBe(4);
  // Node.js ends with 1 when it cannot run a program.
  const dead = makeWorld(stage);
  dead.configure(README_CONFIGURATION);
  const real = dead.machine.setting.sandbox.text('bin/ocspbot').split('\n')[1] ?? '';
  dead.stub('ocspbot', `[ "$1" = services ] || exit 1\n${real}`);
  await dead.shell(text);
  expect(dead.machine.calls()).toEqual([]);
}

/** Has the next run end with this status. */
function prepare(world: World, status: number): void {
  const staple = (bit: number): StapleName => ((status & bit) !== 0 && status < 64 ? 'due' : 'fresh');
  const extra =
    (status & 32) !== 0 && status < 64
      ? '  bad.example:\n    cert: /etc/ssl/bad.example.pem\n    ocsp: bad.example.ocsp-resp\n'
      : '';
  world.configure(README_CONFIGURATION + extra, { 'example.com': staple(2), 'mail.example.com': staple(4) });
  if (extra !== '') stage.responder.set('tryLater', world.certificate('bad.example'));
  if (status === 78) world.write('/etc/ocspbot.yaml', 'domains: 5\n');
}

async function installsUnits({ text }: Block): Promise<void> {
  const world = makeWorld(stage);
  world.write('/etc/systemd/system/.keep', '');
  world.stub('useradd', 'echo "$*" >users');
  // Only root may give a folder away, to a user that is there.
  world.alias(' -o ocspbot -g ocspbot', '');
  expect(text).toContain('install -d -o ocspbot -g ocspbot /var/lib/ocsp\n');
  expect(await world.shell(`set -e\n${text}`)).toMatchObject({ status: 0, stderr: '' });
  expect(world.machine.setting.sandbox.text('users')).toMatch(/ ocspbot\n$/);
  expectInstalled(world, '/usr/local/lib/ocspbot/reload', 'systemd/reload', '755');
  for (const unit of ['ocspbot.service', 'ocspbot.timer'])
    expectInstalled(world, `/etc/systemd/system/${unit}`, `systemd/${unit}`, '644');
  expect(world.machine.calls()).toEqual(['daemon-reload', 'enable --now ocspbot.timer']);
}

async function installsHooks({ text }: Block): Promise<void> {
  const world = makeWorld(stage);
  world.stub('acme.sh', 'for last; do :; done; echo "$last"');
  const run = await world.shell(`set -e\n${text}`);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(world.shown(run.stdout)).toBe('/usr/local/lib/ocspbot/deploy example.com\n');
  expectInstalled(world, '/usr/local/lib/ocspbot/deploy', 'hooks/deploy', '755');
  expectInstalled(world, '/etc/letsencrypt/renewal-hooks/deploy/ocspbot', 'hooks/certbot-deploy', '755');
  expectInstalled(world, '/etc/dehydrated/hook.sh', 'hooks/dehydrated', '755');
}

/** The settings of the machine, read by the hook that is called as acme.sh calls it. */
async function setsUpTheHooks({ text }: Block): Promise<void> {
  const world = makeWorld(stage);
  world.configure(README_CONFIGURATION, { 'mail.example.com': 'fresh' });
  world.stub('runuser', '[ "$1 $2 $3" = "-u ocspbot --" ] || exit 1; echo "$2" >>users; shift 3; exec "$@"');
  const defaults = world.machine.setting.sandbox.write('defaults', text);
  const hook = join(EXAMPLES, 'hooks/deploy');
  const run = await world.shell(`${hook} example.com`, {
    OCSPBOT_DEFAULTS: defaults,
    OCSPBOT_CONFIG: world.path('/etc/ocspbot.yaml'),
  });
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(world.machine.calls()).toEqual(['reload exim4', 'reload nginx']);
  expect(world.machine.setting.sandbox.text('users')).toMatch(/^(?:ocspbot\n)+$/);
}

async function installsFromAFetcher({ text }: Block): Promise<void> {
  const world = makeWorld(stage);
  world.configure(README_CONFIGURATION, { 'mail.example.com': 'fresh' });
  const name = 'example.com.ocsp-resp';
  expect((await world.shell('ocspbot /etc/ocspbot.yaml --only example.com')).status).toBe(2);
  const fetched = readFileSync(world.path(`/var/lib/ocsp/${name}`));
  world.machine.setting.sandbox.write(`fetched/${name}`, fetched);
  await world.shell(`rm /var/lib/ocsp/${name}`);
  world.stub('rsync', 'mkdir -p "$3" && cp fetched/* "$3"');
  expect(await world.shell(text)).toMatchObject({ status: 2, stderr: '' });
  expect(readFileSync(world.path(`/var/lib/ocsp/${name}`))).toEqual(fetched);
}

/** The statuses of the Python program, as a shell gets them. */
async function misreadsErrors({ text }: Block): Promise<void> {
  for (const status of [255, 254, 253, 252]) {
    const world = makeWorld(stage);
    world.stub('python3', `exit ${status}`);
    expect((await world.shell(text)).stderr).toBe('');
    expect(world.machine.calls()).toEqual(['reload nginx']);
  }
}

/** The corrected script, with the configuration of the Python program. */
async function readsTheStatus({ text }: Block): Promise<void> {
  const configuration = blockWith('docs/migration.md', 'yaml').text;
  const call = async (staple: StapleName, set: (world: World) => void = () => undefined) => {
    const world = makeWorld(stage);
    world.configure(configuration, { 'example.com': staple });
    set(world);
    const { status, stderr } = await world.shell(text);
    return { world, status, stderr, calls: world.machine.calls() };
  };
  expect(await call('fresh')).toMatchObject({ status: 0, stderr: '', calls: [] });
  expect(await call('due')).toMatchObject({ status: 0, stderr: '', calls: ['reload nginx'] });

  const attention = await call('missing', (world) =>
    stage.responder.set('tryLater', world.certificate('example.com')),
  );
  expect(attention).toMatchObject({ status: 1, calls: [] });
  expect(attention.stderr).toContain('ocspbot needs attention: its messages say why\n');

  const wrong = await call('due', (world) => world.write('/etc/ocspbot.yaml', 'domains: 5\n'));
  expect(wrong).toMatchObject({ status: 78, calls: [] });
  expect(wrong.stderr).toContain('ocspbot did not do its work: status 78\n');

  for (const status of [1, 9, 126, 127, 139]) {
    const dead = await call('due', (world) => world.stub('ocspbot', `exit ${status}`));
    expect(dead).toMatchObject({ status, calls: [] });
  }

  // A reload that fails is asked for by the next run.
  const broken = await call('due', (world) => world.stub('systemctl', 'exit 1'));
  expect(broken.status).toBe(0);
  expect((await broken.world.shell('ocspbot /etc/ocspbot.yaml --quiet')).status).toBe(2);
}

async function diagnoses({ text }: Block): Promise<void> {
  const world = makeWorld(stage);
  world.configure(README_CONFIGURATION, { 'example.com': 'fresh', 'mail.example.com': 'fresh' });
  expect(await world.shell(`set -e\n${text}`)).toMatchObject({ status: 0, stderr: '' });
}
