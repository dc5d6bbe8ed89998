import { chmodSync, mkdirSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { makeMachine } from '../examples/support/machine.js';
import { PROGRAM, runOcspbot, type Run } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { requireRoot } from '../support/require.js';
import { startOcspbot, until } from './support/child.js';
import { forUnprivilegedUser } from './support/unprivileged-user.js';
import { outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { pendingReloadsFile, pendingReloads, stateOf, writePendingReloads } from './support/state.js';

const pki = openTestPki();

describe('the bits of services', () => {
  /** Certificates by the service that they belong to; what is not fresh gets updated. */
  const cases: readonly (readonly [
    what: string,
    services: Record<string, object> | undefined,
    due: readonly (readonly string[])[],
    status: number,
    reload: readonly string[],
  ])[] = [
    [
      'given bits',
      { nginx: { exit_bit: 4 }, mail: { exit_bit: 2 } },
      [['nginx'], ['mail']],
      6,
      ['nginx', 'mail'],
    ],
    ['in order', { a: {}, b: {}, c: {}, d: {} }, [['d'], ['b']], 20, ['d', 'b']],
    ['in order, around given ones', { a: {}, b: { exit_bit: 4 }, c: {} }, [['a'], ['c']], 10, ['a', 'c']],
    ['shared', { a: { exit_bit: 8 }, b: { exit_bit: 8 } }, [['a'], ['b']], 8, ['a', 'b']],
    ['two services of one certificate', { a: {}, b: {}, c: {} }, [['a', 'c']], 10, ['a', 'c']],
    ['no service belongs to bit 2', { a: { exit_bit: 4 } }, [[], ['a']], 6, ['a']],
    ['no services at all', undefined, [[]], 2, []],
    ['all bits', { a: {}, b: {}, c: {}, d: {} }, [['a', 'b', 'c', 'd']], 30, ['a', 'b', 'c', 'd']],
  ];

  test.each(cases)('%s', async (_, services, due, status, reload) => {
    const workspace = makeWorkspace(pki);
    workspace.add('fresh.example', { staple: 'fresh' });
    for (const [index, names] of due.entries()) {
      workspace.add(`${index}.example`, names.length === 0 ? {} : { entry: { services: names } });
    }
    workspace.configure(services === undefined ? {} : { services });
    const first = await workspace.run('--json');
    expect(first.status).toBe(status);
    expect(reportOf(first)).toMatchObject({ status, reload });
  });

  test('a failure, and something to reload', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('good.example', { entry: { services: ['nginx'] } });
    const bad = workspace.add('bad.example', { entry: { services: ['mail'] } });
    pki.responder.set('tryLater', bad.certificate);
    workspace.configure({ services: { nginx: {}, mail: {} } });
    const { status, stdout, stderr } = await workspace.run();
    expect(status).toBe(34);
    expect(stderr).toMatch(/^error: bad\.example: failed: /);
    expect(stdout).toMatch(
      /^2 certificates: 1 updated, 1 failed \(responder-try-later at \S+\); to reload: nginx; status 34 \(needs attention: 1 failed\)$/m,
    );
    // The fetched response is fresh: only the failure remains.
    expect((await workspace.run()).status).toBe(32);
  });

  test('one failing certificate among twenty', async () => {
    const workspace = makeWorkspace(pki);
    const names = Array.from({ length: 20 }, (_, index) => `${String(index).padStart(2, '0')}.example`);
    const domains = names.map((name) => workspace.add(name, { entry: { services: ['web'] } }));
    const failing = domains[7];
    if (failing !== undefined) pki.responder.set('garbage', failing.certificate);
    workspace.configure({ services: { web: { exit_bit: 2 } } });
    const run = await workspace.run('--json');
    expect(run.status).toBe(34);
    const expected = names.map((name, index) => [
      name,
      index === 7 ? 'failed der-malformed' : 'updated absent',
    ]);
    expect(Object.entries(outcomesOf(reportOf(run)))).toEqual(expected);
    expect(workspace.sandbox.list('ocsp').filter((name) => name.endsWith('.ocsp'))).toEqual(
      names.filter((_, index) => index !== 7).map((name) => `${name}.ocsp`),
    );
  });

  test('300 certificates: no wrap-around', async () => {
    const workspace = makeWorkspace(pki);
    for (let index = 0; index < 300; index++) {
      workspace.add(`${index}.example`, {
        staple: 'due',
        entry: { services: [index % 2 === 0 ? 'web' : 'mail'] },
      });
    }
    workspace.configure({ parallel_threads: 16, services: { web: {}, mail: { exit_bit: 16 } } });
    const { status, stdout, stderr } = await workspace.run('--quiet', '--json');
    expect(stderr).toBe('');
    const report = JSON.parse(stdout) as { certificates: { outcome: string }[]; reload: string[] };
    expect(report.certificates.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 300 }, () => 'updated'),
    );
    expect(report.reload.toSorted()).toEqual(['mail', 'web']);
    expect(status).toBe(18);
    expect((await workspace.run('--quiet')).status).toBe(0);
  });

  test('stop_on_error stops after the first failure, and says what was not looked at', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    const bad = workspace.add('b.example');
    pki.responder.set('unauthorized', bad.certificate);
    workspace.add('c.example');
    workspace.add('d.example');
    workspace.configure({ stop_on_error: true });
    const run = await workspace.run('--json');
    expect(run.status).toBe(34);
    const report = reportOf(run);
    expect(outcomesOf(report)).toEqual({
      'a.example': 'updated absent',
      'b.example': 'failed responder-unauthorized',
    });
    expect(report.not_reached).toEqual(['c.example', 'd.example']);
    const { stdout } = await workspace.run();
    expect(stdout).toContain('2 not looked at (stop_on_error)');
    workspace.configure({ stop_on_error: false });
    expect((await workspace.run()).status).toBe(34);
  });
});

describe('ocspbot services', () => {
  test('an exit status in, names out', async () => {
    const sandbox = makeSandbox();
    sandbox.writeConfiguration({
      services: { web: { exit_bit: 2 }, mail: { exit_bit: 16 }, web2: { exit_bit: 2 } },
    });
    const ask = async (status: number): Promise<readonly [number | undefined, string, string]> => {
      const run = await runOcspbot(['services', String(status)], { cwd: sandbox.folder });
      return [run.status, run.stdout, run.stderr];
    };
    const notRun = (why: string) => expect.stringContaining(`error: ocspbot did not run: ${why}`);
    const foreign = (what: string) =>
      expect.stringContaining(`error: ${what}; the next run asks for the reload`);
    const cases: readonly (readonly [number, readonly [number, string, unknown]])[] = [
      [0, [0, '', '']],
      [18, [0, 'web\nmail\nweb2\n', '']],
      [32, [0, '', '']],
      [34, [0, 'web\nweb2\n', '']],
      [
        54,
        [
          0,
          'web\nmail\nweb2\n',
          expect.stringContaining('no service of the configuration has the exit bits 4'),
        ],
      ],
      // The bits of these mean nothing: such a run has changed nothing.
      [64, [0, '', '']],
      [70, [0, '', '']],
      [73, [0, '', '']],
      [75, [0, '', '']],
      [78, [0, '', '']],
      // Statuses of other programs are refused too.
      ...[1, 3, 7, 9, 13, 33, 35, 63].map(
        (status) => [status, [70, '', notRun(`status ${status} is of Node.js or a shell`)]] as const,
      ),
      [126, [70, '', notRun('status 126 says that the shell could not execute it')]],
      [127, [70, '', notRun('status 127 says that the shell did not find it')]],
      [134, [70, '', foreign('signal 6 ended ocspbot (status 134)')]],
      [137, [70, '', foreign('signal 9 ended ocspbot (status 137)')]],
      [66, [70, '', foreign('status 66 is none of ocspbot')]],
      [124, [70, '', foreign('status 124 is none of ocspbot')]],
      [203, [70, '', foreign('status 203 is none of ocspbot')]],
      [255, [70, '', foreign('status 255 is none of ocspbot')]],
    ];
    const answers = await Promise.all(cases.map(async ([status]) => [status, await ask(status)] as const));
    expect(answers).toEqual(cases);
  });

  test.each([
    [0, [], false, []],
    [4, ['mail'], false, ['reload']],
    [8, [], false, ['reload-unnamed']],
    [32, [], true, ['attention']],
    [38, ['web', 'mail'], true, ['reload', 'attention']],
    [64, [], true, ['usage']],
    [70, [], true, ['internal']],
    [73, [], true, ['cannot-write']],
    [75, [], false, ['locked']],
    [78, [], true, ['configuration']],
    [1, [], true, ['did-not-run']],
    [35, [], true, ['did-not-run']],
    [126, [], true, ['did-not-run']],
    [137, [], true, ['not-of-a-run']],
  ])('%i for programs', async (status, reload, needsPerson, codes) => {
    const sandbox = makeSandbox();
    sandbox.writeConfiguration({ services: { web: {}, mail: {} } });
    const run = await runOcspbot(['services', String(status), '--json'], { cwd: sandbox.folder });
    const isOurs = codes.every((code) => !['did-not-run', 'not-of-a-run'].includes(code));
    expect(run).toMatchObject({ status: isOurs ? 0 : 70, stderr: '' });
    const { reasons, ...rest } = JSON.parse(run.stdout) as { reasons: { code: string; message: string }[] };
    expect(rest).toEqual({ schema: 1, status, reload, needs_person: needsPerson });
    expect(reasons.map(({ code }) => code)).toEqual(codes);
    for (const { message } of reasons) expect(message).toMatch(/^[^A-Z].{9,}[^.]$/);
  });

  test.each(['256', '1000', '-1', '-9', 'KILL', '1.5', '0x2', '+2', '\u001b[31m'])(
    '%j is not a status',
    async (status) => {
      const sandbox = makeSandbox();
      sandbox.writeConfiguration({});
      const run = await runOcspbot(['services', status], { cwd: sandbox.folder });
      expect(run).toMatchObject({ status: 64, stdout: '' });
      const shown = status.replace('\u001b', '\u241b');
      expect(run.stderr).toContain(
        `error: "${shown}" is not an exit status (0 to 255)\n  hint: a shell has it`,
      );
    },
  );

  test('without a status', async () => {
    const run = await runOcspbot(['services'], { cwd: makeSandbox().folder });
    expect(run).toMatchObject({ status: 64, stdout: '' });
    expect(run.stderr).toContain('error: services needs the exit status of a run');
  });

  test.each([
    [78, 0],
    [137, 70],
  ])('the configuration is not read for %i: it may be what is wrong', async (asked, status) => {
    const sandbox = makeSandbox();
    sandbox.write('ocspbot.yaml', 'domains: 5\n');
    const run = await runOcspbot(['services', String(asked)], { cwd: sandbox.folder });
    expect(run).toMatchObject({ status, stdout: '' });
    expect(run.stderr).not.toContain('domains');
  });
});

describe('a caller of the Python program, which reloads where the status is above 0', () => {
  const CALLER = 'ocspbot ocspbot.yaml --quiet; if [ $? -gt 0 ]; then echo reload; fi';

  test.each([
    ['something is due', 'due', 'reload\n'],
    ['nothing is due', 'fresh', ''],
  ] as const)('%s', async (_, staple, stdout) => {
    const machine = makeMachine(pki);
    machine.workspace.add('example.com', { staple });
    machine.workspace.configure();
    expect(await machine.shell(CALLER)).toMatchObject({ stdout });
  });

  test('a run before died', async () => {
    const machine = makeMachine(pki);
    machine.workspace.add('example.com', { staple: 'fresh' });
    machine.workspace.configure();
    writePendingReloads(machine.workspace.sandbox, ['-']);
    expect(await machine.shell(CALLER)).toMatchObject({ stdout: 'reload\n' });
  });
});

/** A run that changes nothing at all: no staple, no log, no state folder. */
async function expectNothingTouched(sandbox: Sandbox, run: () => Promise<Run>): Promise<Run> {
  const before = sandbox.snapshot();
  const ended = await run();
  expect(sandbox.snapshot()).toEqual(before);
  return ended;
}

const LOGS = { output_log: 'out.log', error_log: 'errors.log' };

describe('64, a wrong command line', () => {
  test.each([
    [
      ['--only', 'nobody.example'],
      /^error: --only nobody\.example: no certificate has this name\n {2}hint: /,
    ],
    [['--now', 'yesterday'], /^error: --now yesterday is not an ISO 8601 time like /],
    [['another.yaml'], /^error: one CONFIG is enough, there is also "another\.yaml"\n/],
    [['--quiet', '--verbose'], /^error: --quiet and --verbose exclude each other\n/],
  ] as const)('%j', async (args, expected) => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'due' });
    workspace.configure(LOGS);
    const run = await expectNothingTouched(workspace.sandbox, () => workspace.run(...args));
    expect(run).toMatchObject({ status: 64, stdout: '' });
    expect(run.stderr).toMatch(expected);
  });

  test('in JSON too', async () => {
    const workspace = makeWorkspace(pki);
    workspace.configure();
    const run = await workspace.run('--json', '--frobnicate');
    expect(JSON.parse(run.stdout)).toMatchObject({ schema: 1, status: 64, error: { code: 'usage' } });
    expect(run.status).toBe(64);
  });
});

describe('78, a wrong configuration', () => {
  function expectSaid({ status, stdout, stderr }: Run, ...expected: readonly RegExp[]): void {
    expect([status, stdout]).toEqual([78, '']);
    for (const one of expected) expect(stderr).toMatch(one);
  }

  test('all problems at once, with their places', async () => {
    const workspace = makeWorkspace(pki);
    const { entry } = workspace.add('a.example', { staple: 'due' });
    workspace.configure(LOGS);
    const { sandbox } = workspace;
    sandbox.write(
      'ocspbot.yaml',
      `ocsp_folder: ocsp
output_log: out.log
minimum_validty: 3d
clock_skew: often
domains:
  a.example: {cert: ${entry.cert}, chain: ${entry.chain}, ocsp: a.example.ocsp}
  b.example: {cert: ${entry.cert}, chain: missing.pem, ocsp: a.example.ocsp}
  c.example: {cert: ${entry.cert}, chain: ${entry.chain}, ocsp: c.ocsp, services: [nginx]}
`,
    );
    const run = await expectNothingTouched(sandbox, () => workspace.run());
    expectSaid(
      run,
      /^ocspbot\.yaml:3:1: .*"minimum_validty".*\n {2}3 \| minimum_validty: 3d\n {4}\| \^+\n.*did you mean "minimum_validity"\?/m,
      /^ocspbot\.yaml:4:13: .*often/m,
      /^ocspbot\.yaml:7:\d+: the chain "\S+missing\.pem" does not exist\n/m,
      /^ocspbot\.yaml:7:\d+: "a\.example" and "b\.example" write the same file /m,
      /^ocspbot\.yaml:8:\d+: there is no service "nginx"\n/m,
      /^error: the configuration ocspbot\.yaml has 5 problems\n {2}hint: .*nothing was changed\n$/m,
    );
  });

  test('a name that is there twice', async () => {
    const workspace = makeWorkspace(pki);
    const { entry } = workspace.add('a.example');
    const domain = `{cert: ${entry.cert}, chain: ${entry.chain}, ocsp: a.ocsp}`;
    workspace.sandbox.write('ocspbot.yaml', `domains:\n  a.example: ${domain}\n  a.example: ${domain}\n`);
    expectSaid(await workspace.run(), /^ocspbot\.yaml:3:3: .*a\.example.*/m);
  });

  test('no configuration', async () => {
    const sandbox = makeSandbox();
    const run = await expectNothingTouched(sandbox, () => runOcspbot([], { cwd: sandbox.folder }));
    expectSaid(
      run,
      /^error: there is no configuration "\S*ocspbot\.yaml"\n {2}hint: .*ocspbot FILE; without FILE it is ocspbot\.yaml in the working directory, or else \/etc\/ocspbot\.yaml/,
    );
  });

  test('in JSON', async () => {
    const workspace = makeWorkspace(pki);
    workspace.sandbox.write('ocspbot.yaml', 'domains: 3\n');
    const run = await workspace.run('--json');
    expect(JSON.parse(run.stdout)).toMatchObject({
      schema: 1,
      status: 78,
      error: { code: 'configuration-invalid', problems: [{ file: 'ocspbot.yaml', line: 1, column: 10 }] },
    });
    expect(run.status).toBe(78);
  });

  test('a configuration that may not be read', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    workspace.configure(LOGS);
    chmodSync(workspace.sandbox.path('ocspbot.yaml'), 0o600);
    const nobody = forUnprivilegedUser(workspace);
    const run = await expectNothingTouched(workspace.sandbox, () => nobody.run());
    expect(run).toMatchObject({ status: 78, stdout: '' });
    expect(run.stderr).toMatch(/^error: the configuration .* cannot be read: permission denied$/m);
  });
});

describe('73, what must be written cannot be', () => {
  test('a state folder that may not be made', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'due' });
    workspace.configure();
    const nobody = forUnprivilegedUser(workspace);
    const run = await expectNothingTouched(workspace.sandbox, () => nobody.run());
    expect(run).toMatchObject({ status: 73, stdout: '' });
    expect(run.stderr).toMatch(
      /^error: cannot make the state folder \S+\/ocsp\/\.ocspbot\/ocspbot\.[0-9a-f]{12}: permission denied \(EACCES\)\n {2}hint: run ocspbot as .*; nothing was changed\n$/,
    );
  });

  test('a state folder that may not be written to, although the staples may', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'due' });
    workspace.configure({ state_folder: 'state' });
    mkdirSync(workspace.sandbox.path('state'));
    const nobody = forUnprivilegedUser(workspace, ['ocsp']);
    const run = await expectNothingTouched(workspace.sandbox, () => nobody.run('--json'));
    expect(run.status).toBe(73);
    expect(JSON.parse(run.stdout)).toMatchObject({ schema: 1, status: 73, error: { code: 'not-permitted' } });
  });

  test('a log file in a folder of others', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'due' });
    workspace.configure(LOGS);
    const nobody = forUnprivilegedUser(workspace, ['ocsp']);
    const before = workspace.staple('example.com');
    const run = await nobody.run();
    expect(run.status).toBe(73);
    expect(run.stderr).toMatch(
      /^error: the log file \S+\/out\.log cannot be written: permission denied \(EACCES\)\n {2}hint: /,
    );
    expect(workspace.staple('example.com')).toEqual(before);
  });

  test('a limit of file size that lets nothing be written', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'due' });
    workspace.configure();
    const cwd = workspace.sandbox.folder;
    const limited = ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, PROGRAM, 'ocspbot.yaml'];
    const run = await execa('sh', limited, { cwd, reject: false });
    expect(run).toMatchObject({ exitCode: 73, stdout: '' });
    expect(run.stderr).toMatch(
      /^error: cannot lock \S.*\n {2}hint: raise the limit of file size .*; nothing was changed$/,
    );
  });

  test('a file where the state folder should be', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'due' });
    workspace.configure();
    workspace.sandbox.write('ocsp/.ocspbot', '');
    const run = await expectNothingTouched(workspace.sandbox, () => workspace.run());
    expect(run.status).toBe(73);
    expect(run.stderr).toMatch(
      /^error: cannot use the state folder \S+\/ocsp\/\.ocspbot: it is not a folder\n {2}hint: /,
    );
  });
});

describe('70, where Node.js itself would end with a status of its own', () => {
  test.each([
    ['1: a fault in the midst of a run', "setTimeout(() => { throw new Error('a fault') }, 500)"],
    [
      '13: nothing left that could end it',
      "process.getBuiltinModule('node:timers/promises').setImmediate = () => new Promise(() => {})",
    ],
  ])('%s', async (_, fault) => {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('stalls.example', { staple: 'due' });
    pki.responder.set('stall', certificate);
    workspace.configure({ http: { timeout: '1s' } });
    const env = { NODE_OPTIONS: `--import "data:text/javascript,${fault}"` };
    const run = await runOcspbot(['ocspbot.yaml'], { cwd: workspace.sandbox.folder, env });
    expect(run.status, run.stderr).toBe(70);
    expect(run.stderr).not.toBe('');
  });
});

describe('75, two runs at once', () => {
  async function stalled(): Promise<{ workspace: Workspace; child: ReturnType<typeof startOcspbot> }> {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('stalls.example', { staple: 'due' });
    pki.responder.set('stall', certificate);
    workspace.add('fresh.example', { staple: 'fresh' });
    workspace.configure({ output_log: 'out.log', http: { timeout: '30s' } });
    const child = startOcspbot(['ocspbot.yaml'], { cwd: workspace.sandbox.folder });
    await until(() => pki.requestsFor(certificate).length > 0);
    return { workspace, child };
  }

  test('the second says who holds the lock, and touches nothing', async () => {
    const { workspace, child } = await stalled();
    const second = await expectNothingTouched(workspace.sandbox, () => workspace.run());
    expect(second).toMatchObject({ status: 75, stdout: '' });
    expect(second.stderr).toMatch(
      new RegExp(
        `^error: process ${child.pid} has held the lock in \\S+/ocsp/\\.ocspbot/ocspbot\\.[0-9a-f]{12} since \\S+Z\\n {2}hint: .+\\n$`,
      ),
    );
    const inJson = await workspace.run('--json');
    expect(JSON.parse(inJson.stdout)).toMatchObject({ schema: 1, status: 75, error: { code: 'locked' } });
    await child.kill();
  });

  test('a lock that a killed run has left does not block', async () => {
    const { workspace, child } = await stalled();
    await child.kill();
    pki.responder.reset();
    const next = await workspace.run('--json');
    expect(next).toMatchObject({ status: 2, stderr: '' });
    expect(outcomesOf(reportOf(next))).toEqual({
      'stalls.example': 'updated due',
      'fresh.example': 'unchanged fresh',
    });
    expect((await workspace.run()).status).toBe(0);
  });

  test('a dry run, and validate, need no lock', async () => {
    const { workspace, child } = await stalled();
    expect((await workspace.run('--dry-run', '--only', 'fresh.example')).status).toBe(0);
    expect((await runOcspbot(['validate'], { cwd: workspace.sandbox.folder })).status).toBe(0);
    await child.kill();
  });
});

describe('pending reloads', () => {
  const services = { nginx: {}, mail: { exit_bit: 8 }, ftp: {} };

  function freshWorkspace(): Workspace {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'fresh', entry: { services: ['nginx'] } });
    workspace.configure({ services });
    return workspace;
  }

  async function expectPaid(workspace: Workspace): Promise<void> {
    expect(pendingReloads(workspace.sandbox)).toEqual([]);
    expect(await workspace.run('--quiet')).toEqual({ status: 0, signal: undefined, stdout: '', stderr: '' });
  }

  test('what a dead run has left is told once', async () => {
    const workspace = freshWorkspace();
    writePendingReloads(workspace.sandbox, ['mail']);
    const run = await workspace.run();
    expect(run.status).toBe(8);
    expect(run.stderr).toBe('warning: an earlier run has left mail without a reload; asked for now\n');
    expect(run.stdout).toContain('1 certificate: 1 unchanged; to reload: mail; status 8\n');
    await expectPaid(workspace);
  });

  test('in JSON', async () => {
    const workspace = freshWorkspace();
    writePendingReloads(workspace.sandbox, ['-', 'mail']);
    const run = await workspace.run('--json');
    expect(run.status).toBe(10);
    expect(reportOf(run)).toMatchObject({ status: 10, reload: ['mail'], owed_before: ['mail'] });
    await expectPaid(workspace);
  });

  test.each(['', '{"schema":2,"services":[]}'])('a damaged file means every service: %j', async (content) => {
    const workspace = freshWorkspace();
    workspace.sandbox.write(pendingReloadsFile(workspace.sandbox), content);
    const run = await workspace.run();
    expect(run.status).toBe(2 + 8 + 4);
    expect(run.stderr).toMatch(
      /^warning: \S+reload-debt\.json is damaged: every service may be owed a reload\n/,
    );
    await expectPaid(workspace);
  });

  test('a service that is no longer configured is told as bit 2', async () => {
    const workspace = freshWorkspace();
    writePendingReloads(workspace.sandbox, ['gone']);
    const run = await workspace.run();
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('has left gone without a reload');
    await expectPaid(workspace);
  });

  test('a dry run, or a configuration that is wrong, pays nothing', async () => {
    const workspace = freshWorkspace();
    writePendingReloads(workspace.sandbox, ['mail']);
    expect((await workspace.run('--dry-run')).status).toBe(0);
    workspace.configure({ services, clock_skew: 'often' });
    expect((await workspace.run()).status).toBe(78);
    workspace.configure({ services });
    expect((await workspace.run()).status).toBe(8);
  });

  test('a pending reload that cannot be removed does not change the status', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('a.example', { entry: { services: ['mail'] } });
    const slow = workspace.add('b.example', { entry: { services: ['mail'] } });
    let release = (): void => undefined;
    const after = new Promise<void>((resolve) => (release = resolve));
    pki.responder.set({ kind: 'with', mode: 'tryLater', after }, slow.certificate);
    workspace.configure({ services, parallel_threads: 1, http: { attempts: 1 } });
    const own = stateOf(workspace.sandbox);
    workspace.sandbox.write(`${own}/.keep`, '');
    const run = forUnprivilegedUser(workspace, ['ocsp', 'ocsp/.ocspbot', own]).run('--json');
    await until(() => pki.requestsFor(slow.certificate).length > 0);
    expect(pki.requestsFor(certificate)).toHaveLength(1);
    chmodSync(workspace.sandbox.path(own), 0o555);
    release();
    const { status, stdout, stderr } = await run;
    expect(JSON.parse(stdout)).toMatchObject({ status: 40, reload: ['mail'] });
    expect(status).toBe(40);
    expect(stderr).toMatch(
      /^warning: cannot release the lock in \S+: permission denied \(EACCES\)\n {2}hint: run ocspbot as the owner .*; it ends with this process, and services may be reloaded once more$/m,
    );
  });

  test('killed after one certificate was installed, while another is asked for', async () => {
    const workspace = makeWorkspace(pki);
    const done = workspace.add('a.example', { staple: 'due', entry: { services: ['mail'] } });
    const { certificate } = workspace.add('b.example', { staple: 'due', entry: { services: ['ftp'] } });
    pki.responder.set('stall', certificate);
    workspace.configure({ services, parallel_threads: 1, http: { timeout: '30s' } });
    const before = workspace.sandbox.text(done.file);
    const child = startOcspbot(['ocspbot.yaml'], { cwd: workspace.sandbox.folder });
    await until(() => pki.requestsFor(certificate).length > 0);
    await child.kill();
    expect(workspace.sandbox.text(done.file)).not.toBe(before);
    expect(pendingReloads(workspace.sandbox)).toEqual(['mail']);
    pki.responder.set('tryLater', certificate);
    const next = await workspace.run('--json');
    expect(next.status).toBe(8);
    expect(reportOf(next)).toMatchObject({ reload: ['mail'], owed_before: ['mail'] });
    expect((await workspace.run()).status).toBe(0);
  });
});
