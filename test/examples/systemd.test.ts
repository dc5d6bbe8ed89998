import { chmodSync, chownSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, describe, expect, test, type TestContext } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { requireProgram, requireRoot } from '../support/require.js';
import { COMMAND } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { EXAMPLES, exampleScript, makeMachine, prepareFor, STATUSES } from './support/machine.js';
import { runUnit } from './support/unit.js';

const pki = openTestPki();

function read(name: string): string {
  return readFileSync(join(EXAMPLES, 'systemd', name), 'utf8');
}

/** Returns the values of a setting in a unit. */
function valuesOf(name: string, unit: string): string[] {
  return [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');
}

describe('the units', () => {
  let analyze: string;
  beforeEach((context: TestContext) => {
    analyze = requireProgram('systemd-analyze', 'systemd', context);
  });

  /** The unit files, except for the paths of programs, which must exist. */
  function copyUnits(sandbox: Sandbox): string[] {
    const service = read('ocspbot.service')
      .replace('=ocspbot ', `=${sandbox.write('bin/ocspbot', '#!/bin/sh\n', 0o755)} `)
      .replaceAll('/usr/local/lib/ocspbot/reload', sandbox.write('lib/reload', read('reload'), 0o755));
    return [sandbox.write('ocspbot.service', service), sandbox.write('ocspbot.timer', read('ocspbot.timer'))];
  }

  test('are understood by systemd', async () => {
    const units = copyUnits(makeSandbox());
    const { exitCode, all } = await execa(analyze, ['verify', ...units], { all: true, reject: false });
    expect([exitCode, all]).toEqual([0, '']);
  });

  test('are understood with the drop-in for HAProxy, too', async () => {
    const sandbox = makeSandbox();
    const [service = ''] = copyUnits(sandbox);
    sandbox.write('ocspbot.service.d/haproxy.conf', read('haproxy.conf'));
    const { exitCode, all } = await execa(analyze, ['verify', service], { all: true, reject: false });
    expect([exitCode, all]).toEqual([0, '']);
  });

  test('a mistake in them would be told', async () => {
    const sandbox = makeSandbox();
    const [service = ''] = copyUnits(sandbox);
    sandbox.write('ocspbot.service', sandbox.text('ocspbot.service').replace('ProtectHome=', 'ProtectHom='));
    const { all } = await execa(analyze, ['verify', service], { all: true, reject: false });
    expect(all).toContain('ProtectHom');
  });

  test('leave an exposure below 3.0', async () => {
    const [service = ''] = copyUnits(makeSandbox());
    const args = ['security', '--offline=true', '--threshold=30', '--no-pager', service];
    const { exitCode, stdout } = await execa(analyze, args, { reject: false });
    expect([exitCode, stdout.split('\n').at(-1)]).toEqual([0, expect.stringContaining('exposure level')]);
  });
});

test('even ones from 2 to 30 are success, and nothing else but 0', () => {
  const [statuses = ''] = valuesOf('SuccessExitStatus', read('ocspbot.service'));
  expect(statuses.split(' ').map(Number)).toEqual(Array.from({ length: 15 }, (_, index) => 2 * (index + 1)));
});

test('the timer spreads, and makes good what was missed', () => {
  expect(valuesOf('RandomizedDelaySec', read('ocspbot.timer'))).toEqual(['30min']);
  expect(valuesOf('Persistent', read('ocspbot.timer'))).toEqual(['true']);
});

describe('the reload after a run', () => {
  const script = exampleScript('systemd/reload');

  test('is done outside of the sandbox of the run', () => {
    expect(valuesOf('ExecStopPost', read('ocspbot.service'))).toEqual([
      '+/usr/local/lib/ocspbot/reload /etc/ocspbot.yaml',
    ]);
  });

  test.each(STATUSES)('that exited with %i', async (status, services) => {
    const machine = makeMachine(pki);
    prepareFor(status, machine, pki);
    const run = await machine.shell(`ocspbot ${machine.configuration} --quiet`);
    expect(run.status).toBe(status);
    const variables = { EXIT_CODE: 'exited', EXIT_STATUS: String(run.status) };
    const after = await machine.shell(`${script} ${machine.configuration}`, variables);
    expect(after).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(machine.calls()).toEqual(services.map((name) => `reload -- ${name}`));
  });

  test.each([
    ['was killed', { EXIT_CODE: 'killed', EXIT_STATUS: 'KILL' }],
    ['dumped core', { EXIT_CODE: 'dumped', EXIT_STATUS: 'ABRT' }],
    ['found another at work', { EXIT_CODE: 'exited', EXIT_STATUS: '75' }],
    ['could not be started', { EXIT_CODE: 'exited', EXIT_STATUS: '203' }],
    ['never began', {}],
  ])('that %s: nothing', async (_, variables) => {
    const machine = makeMachine(pki);
    prepareFor(0, machine, pki);
    const after = await machine.shell(`${script} ${machine.configuration}`, variables);
    expect(after).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(machine.calls()).toEqual([]);
  });

  test('that fails makes the unit fail, and the others are reloaded', async () => {
    const machine = makeMachine(pki);
    machine.workspace.add('example.com', { staple: 'fresh' });
    machine.workspace.configure({ services: { broken: { exit_bit: 2 }, nginx: { exit_bit: 4 } } });
    const variables = { EXIT_CODE: 'exited', EXIT_STATUS: '6' };
    const after = await machine.shell(`${script} ${machine.configuration}`, variables);
    expect(after.status).toBe(1);
    expect(machine.calls()).toEqual(['reload -- broken', 'reload -- nginx']);
  });
});

describe('reloads that take longer than systemd waits', () => {
  /** A systemctl that is ended together with the script by SIGTERM, as systemd does it, but for nginx. */
  const ENDED = '#!/bin/sh\ncase "$*" in *nginx) exit ;; esac\nkill $PPID $$\nexec sleep 60\n';

  test('those that are left are asked for by the next run', async () => {
    const machine = makeMachine(pki);
    const { workspace } = machine;
    workspace.add('a.example', { staple: 'due', entry: { services: ['nginx', 'exim4', 'dovecot'] } });
    workspace.configure({ services: { nginx: {}, exim4: {}, dovecot: {} } });
    workspace.sandbox.write('bin/systemctl', ENDED, 0o755);
    expect(await runUnit(machine)).toMatchObject({ result: 'failed', main: '14', after: { status: 1 } });
    const next = await workspace.run('--json');
    const { owed_before: owed } = JSON.parse(next.stdout) as { owed_before: string[] };
    expect(owed.toSorted()).toEqual(['dovecot', 'exim4']);
  });

  test('systemd waits longer than for one of them, which it gives up after 90 seconds', () => {
    expect(valuesOf('TimeoutStopSec', read('ocspbot.service'))).toEqual(['5min']);
  });
});

describe('a reload that fails', () => {
  test('makes the unit fail, and every run asks for it again until it succeeds', async () => {
    const machine = makeMachine(pki);
    machine.workspace.add('a.example', { staple: 'due', entry: { services: ['broken'] } });
    machine.workspace.add('b.example', { staple: 'due', entry: { services: ['nginx'] } });
    machine.workspace.configure({ services: { broken: {}, nginx: {} } });
    const first = await runUnit(machine);
    expect(first).toMatchObject({ result: 'failed', main: '6' });
    expect(machine.calls()).toEqual(['reload -- broken', 'reload -- nginx']);
    const second = await runUnit(machine);
    expect(second).toMatchObject({ result: 'failed', main: '2' });
    machine.repair();
    expect(await runUnit(machine)).toMatchObject({ result: 'success', main: '2' });
    expect(await runUnit(machine)).toMatchObject({ result: 'success', main: '0' });
    expect(machine.calls().slice(2)).toEqual(['reload -- broken', 'reload -- broken']);
  });
});

describe('the drop-in for HAProxy', () => {
  const unit = read('haproxy.conf');

  test('lets the user of the unit write beside certificates in a closed folder of root, and use the socket', async (context) => {
    requireRoot(context);
    const setpriv = requireProgram('setpriv', 'util-linux', context);
    const machine = makeMachine(pki);
    const { sandbox } = machine.workspace;
    const { file } = machine.workspace.add('a.example', { staple: 'due', entry: { services: ['haproxy'] } });
    machine.workspace.configure({ state_folder: 'state', services: { haproxy: {} } });
    const [user, group] = [65534, 65534];
    sandbox.write('state/.keep', '');
    chownSync(sandbox.path('state'), user, group);
    chmodSync(sandbox.folder, 0o755);
    chmodSync(sandbox.path('ocsp'), 0o700);
    chmodSync(sandbox.path('a.example'), 0o700);
    const before = sandbox.snapshot()[file];
    const capabilities = (valuesOf('AmbientCapabilities', unit)[0] ?? '')
      .split(' ')
      .map((name) => `+${name.slice('CAP_'.length).toLowerCase()}`)
      .join(',');
    const rights = [
      '--reuid',
      `${user}`,
      '--regid',
      `${group}`,
      '--clear-groups',
      '--inh-caps',
      capabilities,
    ];
    const command = [setpriv, ...rights, '--ambient-caps', capabilities, '--no-new-privs', COMMAND];
    const run = await machine.shell(`${command.join(' ')} ${machine.configuration}`);
    expect([run.status, run.stderr]).toEqual([2, '']);
    const after = sandbox.snapshot()[file];
    expect(after?.content).not.toBe(before?.content);
    expect(after?.mode).toBe(before?.mode);
    expect(statSync(sandbox.path(file))).toMatchObject({ uid: 0, gid: 0 });
  });
});
