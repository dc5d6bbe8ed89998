import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, type TestContext } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { requireProgram, requireRoot } from '../support/require.js';
import { COMMAND, ONE_FILE, type Run } from '../support/run.js';
import { makeController, recapOf, SERVER } from './support/ansible.js';
import { readCrontab } from './support/crontab.js';
import { EXAMPLES, exampleScript, makeMachine, type Machine } from './support/machine.js';
import { runUnit } from './support/unit.js';

// If ocspbot did not run, or did not finish, each caller fails and reloads nothing.

const pki = openTestPki();
const NODE = process.execPath;

/** Lets other commands work: a caller gets no help from a death that is the same for all. */
const ALL_ELSE = `case "$1" in services | owe) exec ${COMMAND} "$@" ;; esac\n`;
/** Ends every command with an even status of Node.js 20 and 22 themselves, which is 14. */
const EVEN = `NODE_OPTIONS=--snapshot-blob=/nowhere exec ${COMMAND} "$@"`;

type Death = readonly [name: string, lines: string];

const DEATHS: readonly Death[] = [
  ['a program that is cut off', `exec '${NODE}' "$(dirname "$0")/half.js" "$@"`],
  ['a program that is missing', `exec '${NODE}' /nowhere/ocspbot.js "$@"`],
  ['NODE_OPTIONS with a missing module', `NODE_OPTIONS=--require=/nowhere exec ${COMMAND} "$@"`],
  ['NODE_OPTIONS with an unknown option', `NODE_OPTIONS=--bogus exec ${COMMAND} "$@"`],
  ['an abort in native code', 'kill -ABRT $$'],
  ['a segmentation fault', 'kill -SEGV $$'],
  ['the OOM killer', 'kill -KILL $$'],
  ['no Node.js', 'exec /nowhere/node'],
  ['a Node.js that may not be executed', 'exec /etc/passwd'],
  ['NODE_OPTIONS with a missing snapshot', EVEN],
];

/** A command that dies like this. */
function dyingCommand(lines: string): string {
  return `#!/bin/sh\n${lines === EVEN ? '' : ALL_ELSE}${lines}\n`;
}

function die(machine: Machine, lines: string): void {
  const { sandbox } = machine.workspace;
  const program = readFileSync(ONE_FILE);
  sandbox.write('bin/half.js', program.subarray(0, program.length / 2));
  sandbox.write('bin/ocspbot', dyingCommand(lines), 0o755);
}

/** Everything is fresh, so that nothing is to be reloaded whatever happens. */
function calmMachine(): Machine {
  const machine = makeMachine(pki);
  machine.workspace.add('www.example', { staple: 'fresh', entry: { services: ['nginx'] } });
  machine.workspace.add('mail.example', { staple: 'fresh', entry: { services: ['exim4'] } });
  machine.workspace.configure({ services: { nginx: {}, exim4: {} } });
  return machine;
}

const rows: string[] = [];
afterAll(() => console.log(rows.join('\n')));

function note(caller: string, death: string, what: string): void {
  rows.push(`${caller.padEnd(8)} | ${death.padEnd(36)} | ${what}`);
}

function told({ stderr, status }: Run): string {
  return `${stderr === '' ? 'nothing told' : 'told'}, status ${status}`;
}

describe('cron mails, and reloads nothing', () => {
  const [job] = readCrontab(readFileSync(join(EXAMPLES, 'cron/ocspbot'), 'utf8')).jobs;

  const runJob = (machine: Machine) =>
    machine.shell((job?.command ?? '').replaceAll('/etc/ocspbot.yaml', machine.configuration));

  test.each(DEATHS)('%s', async (death, lines) => {
    const machine = calmMachine();
    die(machine, lines);
    const run = await runJob(machine);
    note('cron', death, `${told(run)}; ${machine.calls().join(', ') || 'no reload'}`);
    expect(machine.calls()).toEqual([]);
    expect(run.stderr).not.toBe('');
    expect(run.status).not.toBe(0);
  });

  test.each<[string, (program: string) => void]>([
    ['the command is missing', (program) => rmSync(program)],
    ['the command may not be executed', (program) => chmodSync(program, 0o644)],
  ])('%s', async (death, spoil) => {
    const machine = calmMachine();
    spoil(join(machine.bin, 'ocspbot'));
    const run = await runJob(machine);
    note('cron', death, `${told(run)}; ${machine.calls().join(', ') || 'no reload'}`);
    expect(machine.calls()).toEqual([]);
    expect(run.stderr).not.toBe('');
    expect([126, 127]).toContain(run.status);
  });
});

describe('the systemd unit has failed, and nothing was reloaded', () => {
  test.each(DEATHS)('%s', async (death, lines) => {
    const machine = calmMachine();
    die(machine, lines);
    const { result, main, after } = await runUnit(machine);
    note(
      'systemd',
      death,
      `${result} (${main}, script ${after.status}); ${machine.calls().join(', ') || 'no reload'}`,
    );
    expect(machine.calls()).toEqual([]);
    expect(result).toBe('failed');
  });
});

describe('the hook leaves the servers be, and says so', () => {
  test.each(DEATHS)('%s', async (death, lines) => {
    const machine = calmMachine();
    die(machine, lines);
    const settings = { OCSPBOT_CONFIG: machine.configuration, OCSPBOT_WAITS: '0 0 0' };
    const run = await machine.shell(`${exampleScript('hooks/deploy')} www.example`, settings);
    note('hook', death, `${told(run)}; ${machine.calls().join(', ') || 'no reload'}`);
    expect(machine.calls()).toEqual([]);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('there is no staple for the new www.example');
  });
});

describe('the play has failed, and nothing was reloaded', () => {
  const controller = makeController();
  const { sandbox } = controller;
  afterAll(() => sandbox.dispose());

  beforeEach((context: TestContext) => {
    requireRoot(context);
    requireProgram('ansible-playbook', 'ansible-core', context);
  });

  test.each(DEATHS)('%s', async (death, lines) => {
    const role = join(EXAMPLES, 'ansible/roles/ocspbot');
    sandbox.write(
      'run.yml',
      JSON.stringify([
        {
          hosts: 'tls_servers',
          gather_facts: false,
          tasks: [{ 'ansible.builtin.include_role': { name: role, tasks_from: 'run' } }],
        },
      ]),
    );
    const program = readFileSync(ONE_FILE);
    sandbox.write(`${SERVER}/usr/local/bin/half.js`, program.subarray(0, program.length / 2));
    sandbox.write(`${SERVER}/usr/local/bin/ocspbot`, dyingCommand(lines), 0o755);
    const run = await controller.playAt(sandbox.path('run.yml'));
    const calls = controller.calls();
    const failed = recapOf(run)[SERVER]?.['failed'];
    note('ansible', death, `failed=${failed}; ${calls.join(', ') || 'no reload'}`);
    expect(calls).toEqual([]);
    expect(failed).toBe(1);
  });
});
