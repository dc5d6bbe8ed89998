import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { requireRoot } from '../support/require.js';
import { PROGRAM } from '../support/run.js';
import { startOcspbot, until } from './support/child.js';
import { reportOf } from './support/report.js';
import { forUnprivilegedUser } from './support/unprivileged-user.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { pendingReloadsFile, pendingReloads, writePendingReloads } from './support/state.js';

const pki = openTestPki();

interface Program {
  readonly path: string;
  /** The arguments of each call. */
  calls(): string[][];
}

/** A program that writes down its arguments, one call a line, and then does what the script says. */
function program(workspace: Workspace, name: string, script = ''): Program {
  const log = `${name}.calls`;
  const file = `'${workspace.sandbox.path(log)}'`;
  const record = `for word; do printf '%s\\037' "$word"; done >> ${file}; echo >> ${file}`;
  const path = workspace.sandbox.write(name, `#!/bin/sh\n${record}\n${script}\n`, 0o755);
  const calls = () => {
    if (!workspace.sandbox.exists(log)) return [];
    const lines = workspace.sandbox.text(log).split('\n').slice(0, -1);
    return lines.map((line) => line.split('\x1f').slice(0, -1));
  };
  return { path, calls };
}

/** Makes a workspace with a due certificate for each service, and programs with distinct output. */
function workspaceFor(...services: readonly (readonly string[])[]): Workspace {
  const workspace = makeWorkspace(pki);
  for (const [index, names] of services.entries()) {
    workspace.add(`${index}.example`, {
      staple: 'due',
      entry: names.length === 0 ? {} : { services: names },
    });
  }
  return workspace;
}

function pendingOf({ sandbox }: Workspace): unknown {
  return pendingReloads(sandbox);
}

const QUIET = { status: 0, signal: undefined, stdout: '', stderr: '' };

describe('a reload that succeeds', () => {
  test('once for many certificates, after all of them, and nothing is left to do', async () => {
    const workspace = workspaceFor(['nginx'], ['nginx'], ['nginx']);
    const count = `ls ${workspace.sandbox.path('ocsp')} | wc -l > ${workspace.sandbox.path('count')}`;
    const reload = program(workspace, 'reload', count);
    workspace.configure({ run_reloads: true, services: { nginx: { reload: [reload.path, 'now'] } } });
    const run = await workspace.run();
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toContain('\nnginx  reloaded\n3 certificates: 3 updated; reloaded nginx; status 0\n');
    expect(reload.calls()).toEqual([['now']]);
    expect(workspace.sandbox.text('count').trim()).toBe('3');
    expect(pendingOf(workspace)).toEqual([]);
    expect(await workspace.run('--quiet')).toEqual(QUIET);
    expect(reload.calls()).toHaveLength(1);
  });

  test('where the user may not enter the working folder, as that of root after su', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { entry: { services: ['nginx'] } });
    workspace.configure({ relative_to: 'config', services: { nginx: { reload: ['true'] } } });
    mkdirSync(workspace.sandbox.path('closed'), { mode: 0o700 });
    const { runCommand } = forUnprivilegedUser(workspace, ['ocsp'], workspace.sandbox.path('closed'));
    const run = await runCommand(workspace.sandbox.path('ocspbot.yaml'), '--reload', '--quiet');
    expect(run).toMatchObject({ status: 0, stderr: '' });
  });

  test('the option turns it on; without it the status tells as ever', async () => {
    const workspace = workspaceFor(['nginx']);
    const reload = program(workspace, 'reload');
    const services = { nginx: { exit_bit: 4, reload: [reload.path] } };
    workspace.configure({ services });
    expect((await workspace.run('--dry-run', '--reload')).status).toBe(0);
    const told = await workspace.run('--json');
    expect(reportOf(told)).toMatchObject({ status: 4, reload: ['nginx'], reloads: [] });
    expect([reload.calls(), pendingOf(workspace)]).toEqual([[], []]);
    const run = await workspace.run('--reload', '--force', '--json');
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(reportOf(run)).toMatchObject({
      needs_person: false,
      reload: [],
      reloads: [{ service: 'nginx', outcome: 'reloaded' }],
    });
    expect(reload.calls()).toEqual([[]]);
    expect(pendingOf(workspace)).toEqual([]);
  });

  test('tests first, then each command, services in the order of the configuration', async () => {
    const workspace = workspaceFor(['b', 'a']);
    const log = program(workspace, 'log');
    const of = (name: string) => ({
      reload: [
        [log.path, name, '1'],
        [log.path, name, '2'],
      ],
      test: [log.path, name, 'test'],
    });
    workspace.configure({ run_reloads: true, services: { a: of('a'), b: of('b'), unused: of('unused') } });
    expect(await workspace.run('--quiet')).toEqual(QUIET);
    expect(log.calls().map((call) => call.join(' '))).toEqual([
      'a test',
      'a 1',
      'a 2',
      'b test',
      'b 1',
      'b 2',
    ]);
  });

  test('arguments are passed on as they are written', async () => {
    const workspace = workspaceFor(['nginx']);
    const reload = program(workspace, 'the program');
    const args = [
      'a b',
      '"',
      "'",
      '$(touch pwned)',
      '`touch pwned`',
      ';touch pwned',
      '*',
      '~',
      '-',
      'é',
      '$HOME',
    ];
    workspace.configure({ run_reloads: true, services: { nginx: { reload: [reload.path, ...args] } } });
    expect(await workspace.run('--quiet')).toEqual(QUIET);
    expect(reload.calls()).toEqual([args]);
    expect(workspace.sandbox.exists('pwned')).toBe(false);
  });

  test('services without a command, and certificates without a service, stay with the caller', async () => {
    const workspace = workspaceFor(['nginx'], ['mail'], []);
    const reload = program(workspace, 'reload');
    workspace.configure({
      run_reloads: true,
      services: {
        ftp: { exit_bit: 16 },
        nginx: { exit_bit: 4, reload: [reload.path] },
        mail: { exit_bit: 8 },
      },
    });
    const run = await workspace.run('--json');
    expect(reportOf(run)).toMatchObject({ status: 10, reload: ['mail'], reloads: [{ service: 'nginx' }] });
    expect(run.status).toBe(10);
    expect(pendingOf(workspace)).toEqual([]);
    expect(await workspace.run('--quiet')).toEqual(QUIET);
  });

  test('what a dead run has left, also when there is nothing else to do', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'fresh', entry: { services: ['nginx'] } });
    const reload = program(workspace, 'reload');
    workspace.configure({ run_reloads: true, services: { nginx: { reload: [reload.path] }, mail: {} } });
    writePendingReloads(workspace.sandbox, ['nginx']);
    const run = await workspace.run();
    expect(run.status).toBe(0);
    expect(run.stderr).toBe('warning: an earlier run has left nginx without a reload\n');
    expect(reload.calls()).toHaveLength(1);
    workspace.sandbox.write(pendingReloadsFile(workspace.sandbox), 'damaged');
    const damaged = await workspace.run('--json');
    expect(reportOf(damaged)).toMatchObject({ status: 6, reload: ['mail'], reloads: [{ service: 'nginx' }] });
    expect(reload.calls()).toHaveLength(2);
    expect(pendingOf(workspace)).toEqual([]);
  });
});

describe('a reload that fails', () => {
  test('is shown with its output, stays owed, and is tried again until it succeeds', async () => {
    const workspace = workspaceFor(['nginx'], ['mail']);
    const failing = program(workspace, 'reload', 'echo "it \x1b[31mfails"; echo "line two" >&2; exit 7');
    const mail = program(workspace, 'mail');
    const services = {
      nginx: { exit_bit: 4, reload: [failing.path, 'a b'] },
      mail: { reload: [mail.path] },
    };
    workspace.configure({ run_reloads: true, services });
    const command = `${failing.path} 'a b'`;
    const error = [
      `error: nginx: reload failed: ${command} ended with status 7`,
      '  | it ␛[31mfails',
      '  | line two',
      '  hint: run it by hand to see why, and mind the user that runs ocspbot; the next run tries again',
      '',
    ].join('\n');
    const first = await workspace.run();
    expect(first.status).toBe(36);
    expect(first.stderr).toBe(error);
    expect(first.stdout).toContain('mail  reloaded\n');
    expect(first.stdout).toContain(
      '2 certificates: 2 updated; reloaded mail; to reload: nginx; status 36 (needs attention: nginx is not reloaded)\n',
    );
    expect(pendingOf(workspace)).toEqual(['nginx']);

    const second = await workspace.run('--quiet');
    expect([second.status, second.stdout]).toEqual([36, '']);
    expect(second.stderr).toBe(error);
    expect(mail.calls()).toHaveLength(1);

    expect((await workspace.run('--dry-run')).status).toBe(0);
    expect(failing.calls()).toHaveLength(2);

    program(workspace, 'reload');
    expect((await workspace.run('--quiet')).status).toBe(0);
    expect([pendingOf(workspace), failing.calls()]).toEqual([[], [['a b'], ['a b'], ['a b']]]);
    expect(await workspace.run('--quiet')).toEqual(QUIET);
  });

  test('a test that fails stops the reload', async () => {
    const workspace = workspaceFor(['nginx']);
    const reload = program(workspace, 'reload');
    const check = program(workspace, 'check', 'echo "unknown directive"; exit 1');
    workspace.configure({
      run_reloads: true,
      services: { nginx: { test: [check.path, '-t'], reload: [reload.path] } },
    });
    const run = await workspace.run('--json');
    const message = `not reloaded, because its test failed: ${check.path} -t ended with status 1`;
    expect(run.status).toBe(34);
    expect(run.stderr).toContain(`error: nginx: ${message}\n  | unknown directive\n  hint: correct what`);
    expect(reportOf(run)).toMatchObject({ status: 34, needs_person: true, reload: ['nginx'] });
    expect(reportOf(run).reloads).toEqual([
      {
        service: 'nginx',
        outcome: 'failed',
        step: 'test',
        reason: 'failed',
        command: [check.path, '-t'],
        message,
        hint: expect.any(String),
        output: ['unknown directive'],
      },
    ]);
    expect([reload.calls(), pendingOf(workspace)]).toEqual([[], ['nginx']]);
  });

  test('of several commands the rest is not run; other services are', async () => {
    const workspace = workspaceFor(['a', 'b']);
    const log = program(workspace, 'log', '[ "$1" != fail ]');
    const a = { reload: ['1', 'fail', '3'].map((argument) => [log.path, argument]) };
    workspace.configure({ run_reloads: true, services: { a, b: { reload: [log.path, 'b'] } } });
    expect((await workspace.run()).status).toBe(34);
    expect(log.calls().flat()).toEqual(['1', 'fail', 'b']);
    expect(pendingOf(workspace)).toEqual(['a']);
  });

  test('of services that share a bit, one that is left keeps it', async () => {
    const workspace = workspaceFor(['a', 'b', 'c']);
    const [good, bad] = [program(workspace, 'good'), program(workspace, 'bad', 'exit 1')];
    const services = {
      a: { exit_bit: 2, reload: [good.path] },
      b: { exit_bit: 2 },
      c: { exit_bit: 8, reload: [bad.path] },
      d: { exit_bit: 8, reload: [good.path] },
    };
    workspace.configure({ run_reloads: true, services });
    expect(reportOf(await workspace.run('--json'))).toMatchObject({ status: 42, reload: ['b', 'c'] });
    expect(pendingOf(workspace)).toEqual(['c']);
    expect(reportOf(await workspace.run('--json'))).toMatchObject({ status: 40, reload: ['c'] });
    expect([good.calls().length, bad.calls().length]).toEqual([1, 2]);
  });

  test('a run that does not reload hands a failed one to its caller', async () => {
    const workspace = workspaceFor(['nginx']);
    const bad = program(workspace, 'bad', 'exit 1');
    workspace.configure({ services: { nginx: { reload: [bad.path] } } });
    expect((await workspace.run('--reload')).status).toBe(34);
    const told = await workspace.run();
    expect(told.status).toBe(2);
    expect(told.stderr).toBe('warning: an earlier run has left nginx without a reload; asked for now\n');
    expect(await workspace.run('--quiet')).toEqual(QUIET);
    expect(bad.calls()).toHaveLength(1);
  });

  test.each([
    [
      'no-such-program',
      'ENOENT',
      'it is not in PATH, which is short for cron and systemd: write the whole path',
    ],
    [
      'systemctl reload nginx',
      'ENOENT',
      'there is no such program; its arguments are words of their own: [systemctl, reload, nginx]',
    ],
    ['/no/such/program', 'ENOENT', 'there is no such program, or not the interpreter in its first line'],
    ['/etc/passwd', 'EACCES', 'make the program executable for the user that runs ocspbot'],
  ])('a program that cannot be started: %s', async (path, code, hint) => {
    const workspace = workspaceFor(['nginx']);
    workspace.configure({ services: { nginx: { reload: [path, '$x'] } } });
    const run = await workspace.run('--reload', '--quiet');
    expect(run.status).toBe(34);
    expect(run.stderr).toContain(
      `error: nginx: reload failed: ${path.includes(' ') ? `'${path}'` : path} '$x' could not be started (${code})\n  hint: ${hint}`,
    );
    expect(pendingOf(workspace)).toEqual(['nginx']);
  });

  test('one that takes too long is stopped, also when it ignores SIGTERM', async () => {
    const workspace = workspaceFor(['nginx'], ['mail']);
    const slow = program(workspace, 'slow', 'trap "" TERM; echo waiting; while :; do sleep 0.1; done');
    const mail = program(workspace, 'mail');
    const services = { nginx: { reload: [slow.path] }, mail: { reload: [mail.path] } };
    workspace.configure({ run_reloads: true, reload_timeout: '5s', services });
    const run = await workspace.run('--quiet');
    expect(run.status).toBe(34);
    expect(run.stderr).toBe(
      `error: nginx: reload failed: ${slow.path} was stopped after 5 seconds\n  | waiting\n` +
        '  hint: find out what it waits for, or raise reload_timeout; the next run tries again\n',
    );
    expect([mail.calls(), pendingOf(workspace)]).toEqual([[[]], ['nginx']]);
  });

  test('of much output the last lines are shown', async () => {
    const workspace = workspaceFor(['nginx']);
    const loud = program(workspace, 'loud', 'seq 300000; head -c 100000 /dev/zero | tr "\\0" x; exit 1');
    workspace.configure({ run_reloads: true, services: { nginx: { reload: [loud.path] } } });
    const [reload] = reportOf(await workspace.run('--json')).reloads;
    expect(reload?.output).toEqual([`${'x'.repeat(200)}…`]);
    program(workspace, 'loud', 'seq 300000; exit 1');
    const [next] = reportOf(await workspace.run('--json')).reloads;
    expect(next?.output).toEqual(Array.from({ length: 10 }, (_, index) => String(299991 + index)));
  });
});

describe('a run that ends while a reload command runs', () => {
  async function begun(): Promise<{ workspace: Workspace; stuck: Program; pid: () => number }> {
    const workspace = workspaceFor(['first', 'nginx', 'mail']);
    const first = program(workspace, 'first');
    const file = workspace.sandbox.path('pid');
    const stuck = program(
      workspace,
      'stuck',
      `echo $$ > ${file}.new; mv ${file}.new ${file}; exec sleep 300`,
    );
    workspace.configure({
      run_reloads: true,
      services: { first: { reload: [first.path] }, nginx: { reload: [stuck.path] }, mail: {} },
    });
    const pid = () => Number(readFileSync(file, 'utf8'));
    onTestFinished(() => {
      if (isThere(pid())) process.kill(pid(), 'SIGKILL');
    });
    return { workspace, stuck, pid };
  }

  test('killed: the next run reloads it again, and what was done is not repeated', async () => {
    const { workspace, stuck } = await begun();
    const child = startOcspbot(['ocspbot.yaml'], { cwd: workspace.sandbox.folder, program: PROGRAM });
    await until(() => workspace.sandbox.exists('pid'));
    await child.kill();
    expect(pendingOf(workspace)).toEqual(['mail', 'nginx']);
    program(workspace, 'stuck');
    const next = await workspace.run('--json');
    expect(reportOf(next)).toMatchObject({
      status: 8,
      owed_before: ['mail', 'nginx'],
      reload: ['mail'],
      reloads: [{ service: 'nginx', outcome: 'reloaded' }],
    });
    expect(stuck.calls()).toHaveLength(2);
    expect(pendingOf(workspace)).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s stops the command as well', async (signal) => {
    const { workspace, pid } = await begun();
    const child = startOcspbot(['ocspbot.yaml'], { cwd: workspace.sandbox.folder });
    await until(() => workspace.sandbox.exists('pid'));
    process.kill(child.pid, signal);
    expect(await child.end()).toMatchObject({ status: 32 + 4 + 8, signal: undefined });
    await until(() => !isThere(pid()));
    expect(pendingOf(workspace)).toEqual(['mail', 'nginx']);
  });
});

function isThere(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('configurations that run nothing', () => {
  test('validate warns of runtime sockets that are not there', async () => {
    const workspace = workspaceFor(['haproxy']);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(workspace.sandbox.path('admin.sock'), resolve));
    onTestFinished(() => void server.close());
    workspace.sandbox.write('file', '');
    const runtime_socket = ['./admin.sock', './file', './missing', '127.0.0.1:1'];
    workspace.configure({ services: { haproxy: { runtime_socket } } });
    const run = await workspace.runCommand('validate', '--quiet');
    expect(run.status).toBe(0);
    expect(run.stderr.match(/(?<=has no runtime socket at ")[^"]+/g)).toEqual([
      workspace.sandbox.path('file'),
      workspace.sandbox.path('missing'),
    ]);
  });

  test('validate warns of programs that are not there', async () => {
    const workspace = workspaceFor(['good']);
    const good = program(workspace, 'good');
    workspace.sandbox.write('text', '', 0o644);
    workspace.configure({
      services: {
        good: { test: ['sh', '-c', 'true'], reload: [good.path] },
        relative: { reload: ['./good'] },
        bad: { test: ['no-such-program', '-t'], reload: [['./text'], ['./text', 'again'], ['/no/such']] },
      },
    });
    const run = await workspace.runCommand('validate', '--quiet');
    expect(run.status).toBe(0);
    expect(run.stderr.trim().split('\n')).toEqual(
      ['"no-such-program" is not in PATH', '"./text" does not exist, or is not executable']
        .concat('"/no/such" does not exist, or is not executable')
        .map((what) => `warning: the service "bad" could not be reloaded: ${what}`),
    );
    expect(good.calls()).toEqual([]);
  });

  test('reloads that are turned on without any command are a warning', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'fresh', entry: { services: ['nginx'] } });
    workspace.configure({ services: { nginx: {} } });
    const run = await workspace.run('--reload');
    expect(run.status).toBe(0);
    expect(run.stderr).toBe(
      'warning: reloads are turned on, but no service has a "reload"\n' +
        '  hint: add it to the services: reload: [systemctl, reload, nginx]\n',
    );
  });
});
