import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, test, type TestContext } from 'vitest';
import { startOcspbot } from './support/child.js';
import { NOBODY } from '../installation/support/child.js';
import { forUnprivilegedUser } from './support/unprivileged-user.js';
import { onlyOne, reportOf } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { requireProgram, requireRoot } from '../support/require.js';
import { COMMAND } from '../support/run.js';

const pki = openTestPki();
const READER = 65_534;
const FILE = 'ocsp/a.example.ocsp';

/** A staple that is due, with mode 0640 of root. */
function workspaceWithDue(): Workspace {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', { staple: 'due' });
  workspace.configure();
  chmodSync(workspace.sandbox.folder, 0o755);
  return workspace;
}

function setfacl(context: TestContext, ...args: string[]): void {
  execFileSync(requireProgram('setfacl', 'acl', context), args);
}

function aclOf(path: string): string {
  return execFileSync('getfacl', ['--omit-header', '--numeric', '--absolute-names', path], {
    encoding: 'utf8',
  });
}

function attributesOf(path: string): string {
  const args = ['--dump', '--match=-', '--absolute-names', path];
  return execFileSync('getfattr', args, { encoding: 'utf8' });
}

/** As the kernel decides. */
function mayRead(path: string, uid = READER): boolean {
  try {
    const user = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
    execFileSync('setpriv', [...user, 'cat', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('who could read the old staple reads the new one', () => {
  test('by an access control list', async (context) => {
    requireRoot(context);
    const { sandbox, run } = workspaceWithDue();
    const path = sandbox.path(FILE);
    setfacl(context, '-m', `u:${READER}:r,g:1234:rw`, path);
    const before = [aclOf(path), lstatSync(path).ino, mayRead(path)] as const;
    expect(await run()).toMatchObject({ status: 2, stderr: '' });
    expect(aclOf(path)).toBe(before[0]);
    expect(lstatSync(path).ino).not.toBe(before[1]);
    expect(mayRead(path)).toBe(before[2]);
    expect(sandbox.list('ocsp')).toEqual(['.ocspbot', 'a.example.ocsp']);
  });

  test('of another owner, whose mode lets nobody write', async (context) => {
    requireRoot(context);
    const { sandbox, run } = workspaceWithDue();
    const path = sandbox.path(FILE);
    chmodSync(path, 0o440);
    chownSync(path, 1234, 5678);
    setfacl(context, '-m', `u:${READER}:r`, path);
    const before = aclOf(path);
    expect(await run()).toMatchObject({ status: 2, stderr: '' });
    expect(aclOf(path)).toBe(before);
    expect(lstatSync(path)).toMatchObject({ uid: 1234, gid: 5678, mode: 0o100440 });
  });

  test('and nobody else does, where the folder has a default list', async (context) => {
    requireRoot(context);
    const { sandbox, run } = workspaceWithDue();
    const path = sandbox.path(FILE);
    chownSync(path, 0, 1234);
    setfacl(context, '-d', '-m', `u:${READER}:r,g::-`, sandbox.path('ocsp'));
    const before = aclOf(path);
    expect(await run()).toMatchObject({ status: 2, stderr: '' });
    expect(aclOf(path)).toBe(before);
    expect([mayRead(path), mayRead(path, 1234)]).toEqual([false, true]);
  });

  test('and nobody else does, where cp leaves the list of the new file, as that of coreutils 9.7', async (context) => {
    requireRoot(context);
    const { sandbox } = workspaceWithDue();
    setfacl(context, '-d', '-m', `u:${READER}:r,g::-`, sandbox.path('ocsp'));
    const before = aclOf(sandbox.path(FILE));
    const cp = '#!/bin/sh\nexec chmod --reference=/proc/self/fd/3 /proc/self/fd/4\n';
    sandbox.write('bin/cp', cp, 0o755);
    const env = { PATH: `${sandbox.path('bin')}:${process.env['PATH']}`, HOME: sandbox.folder };
    const run = await startOcspbot(['ocspbot.yaml'], { cwd: sandbox.folder, env }).end();
    expect(run).toMatchObject({ status: 2, stderr: '' });
    expect(aclOf(sandbox.path(FILE))).toBe(before);
  });

  test('where several have different lists in one folder, and others none', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    const names = Array.from({ length: 12 }, (_, index) => `${index}.example`);
    for (const name of names) workspace.add(name, { staple: 'due' });
    workspace.configure({ parallel_threads: 4 });
    const paths = names.map((name) => workspace.sandbox.path(`ocsp/${name}.ocsp`));
    for (const [index, path] of paths.entries())
      if (index % 3 > 0) setfacl(context, '-m', `u:${1000 + index}:r`, path);
    const before = paths.map((path) => aclOf(path));
    expect(await workspace.run()).toMatchObject({ status: 2, stderr: '' });
    expect(paths.map((path) => aclOf(path))).toEqual(before);
  });

  test('behind a link', async (context) => {
    requireRoot(context);
    const { sandbox, run } = workspaceWithDue();
    const real = sandbox.write('real/staple', sandbox.read(FILE), 0o640);
    setfacl(context, '-m', `u:${READER}:r`, real);
    sandbox.remove(FILE);
    symlinkSync('../real/staple', sandbox.path(FILE));
    const before = aclOf(real);
    expect(await run()).toMatchObject({ status: 2, stderr: '' });
    expect(aclOf(real)).toBe(before);
  });

  test('as an ordinary user does it', async (context) => {
    requireRoot(context);
    const workspace = workspaceWithDue();
    const path = workspace.sandbox.path(FILE);
    chownSync(path, READER, READER);
    chmodSync(path, 0o440);
    setfacl(context, '-m', 'u:1234:r', path);
    const before = aclOf(path);
    expect(await forUnprivilegedUser(workspace, ['ocsp']).run()).toMatchObject({ status: 2, stderr: '' });
    expect(aclOf(path)).toBe(before);
  });
});

describe('extended attributes of the old staple', () => {
  test('stay: of users, of the system, capabilities', async (context) => {
    requireRoot(context);
    const { sandbox, run } = workspaceWithDue();
    const path = sandbox.path(FILE);
    const setfattr = requireProgram('setfattr', 'attr', context);
    for (const [name, value] of [
      ['user.label', 'cert_t'],
      ['trusted.backup', 'yes'],
      ['security.capability', '0sAQAAAgAEAAAAAAAAAAAAAAAAAAA='],
    ] as const)
      execFileSync(setfattr, ['-n', name, '-v', value, path]);
    const before = attributesOf(path);
    expect(before).toContain('user.label');
    expect(await run()).toMatchObject({ status: 2, stderr: '' });
    expect(attributesOf(path)).toBe(before);
  });

  test('that this user may not give refuse the installation, and are named', async (context) => {
    requireRoot(context);
    const workspace = workspaceWithDue();
    const { sandbox } = workspace;
    const path = sandbox.path(FILE);
    execFileSync(requireProgram('setfattr', 'attr', context), ['-n', 'security.SMACK64', '-v', 'web', path]);
    chownSync(path, READER, READER);
    const before = [workspace.staple('a.example'), attributesOf(path)];
    const run = await forUnprivilegedUser(workspace, ['ocsp']).run('--json');
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({
      outcome: 'deferred',
      reason: 'not-permitted',
      message: expect.stringContaining('without the extended attribute security.SMACK64'),
      hint: expect.stringContaining('setfattr -x'),
    });
    expect([workspace.staple('a.example'), attributesOf(path)]).toEqual(before);
    expect(sandbox.list('ocsp')).toEqual(['.ocspbot', 'a.example.ocsp']);
  });

  test('are told as lost where there is no tar to list them', async (context) => {
    requireRoot(context);
    const { sandbox } = workspaceWithDue();
    mkdirSync(sandbox.path('empty'));
    const env = { PATH: sandbox.path('empty'), HOME: sandbox.folder };
    const options = { cwd: sandbox.folder, env };
    const run = await startOcspbot(['ocspbot.yaml', '--json'], options).end();
    expect(run.status).toBe(2);
    expect(onlyOne(reportOf(run)).warnings).toEqual([expect.stringMatching(/GNU tar is needed.*ENOENT/)]);
  });

  /** Programs in the place of tar and cp. The first times that such a program runs, a signal ends it. */
  function runWithStopped(workspace: Workspace, programs: readonly string[], times: number) {
    const { sandbox } = workspace;
    for (const name of programs)
      sandbox.write(
        `bin/${name}`,
        `#!/bin/sh\necho >> ${name}-calls\n[ $(wc -l < ${name}-calls) -gt ${times} ] || kill -INT $$\nexec /bin/${name} "$@"\n`,
        0o755,
      );
    const env = { PATH: `${sandbox.path('bin')}:${process.env['PATH']}`, HOME: sandbox.folder };
    return startOcspbot(['ocspbot.yaml', '--json'], { cwd: sandbox.folder, env }).end();
  }

  test('are not lost by a signal for all programs of the run, as of a terminal or of systemd', async (context) => {
    const workspace = workspaceWithDue();
    const path = workspace.sandbox.path(FILE);
    setfacl(context, '-m', `u:${READER}:r`, path);
    const before = aclOf(path);
    const run = await runWithStopped(workspace, ['tar', 'cp'], 1);
    expect(run.status).toBe(2);
    expect(onlyOne(reportOf(run)).warnings).toEqual([]);
    expect(aclOf(path)).toBe(before);
  });

  test('are not lost where tar cannot tell now: the next run tries again', async (context) => {
    const workspace = workspaceWithDue();
    const { sandbox } = workspace;
    setfacl(context, '-m', `u:${READER}:r`, sandbox.path(FILE));
    const before = workspace.staple('a.example');
    const run = await runWithStopped(workspace, ['tar'], 9);
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({
      outcome: 'deferred',
      reason: 'write-failed',
      message: expect.stringContaining('tar ended with SIGINT'),
      hint: expect.stringContaining('the old staple stands'),
    });
    expect(workspace.staple('a.example')).toEqual(before);
    expect(sandbox.list('ocsp')).toEqual(['.ocspbot', 'a.example.ocsp']);
    sandbox.remove('bin');
    expect(await workspace.run()).toMatchObject({ status: 2, stderr: '' });
  });

  test('are not lost where there is no cp to copy them', async (context) => {
    const workspace = workspaceWithDue();
    const { sandbox } = workspace;
    setfacl(context, '-m', `u:${READER}:r`, sandbox.path(FILE));
    mkdirSync(sandbox.path('bin'));
    symlinkSync(requireProgram('tar', 'tar', context), sandbox.path('bin/tar'));
    const before = workspace.staple('a.example');
    const env = { PATH: sandbox.path('bin'), HOME: sandbox.folder };
    const run = await startOcspbot(['ocspbot.yaml', '--json'], { cwd: sandbox.folder, env }).end();
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({
      reason: 'write-failed',
      hint: expect.stringContaining('GNU coreutils'),
    });
    expect(workspace.staple('a.example')).toEqual(before);
    expect(sandbox.list('ocsp')).toEqual(['.ocspbot', 'a.example.ocsp']);
  });
});

describe('a staple where there was none', () => {
  test('is for whom the default list of the folder names', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    workspace.configure();
    const { sandbox } = workspace;
    chmodSync(sandbox.folder, 0o755);
    chmodSync(sandbox.path('ocsp'), 0o755);
    setfacl(context, '-d', '-m', `u:${READER}:r,o::-`, sandbox.path('ocsp'));
    expect(await workspace.run()).toMatchObject({ status: 2, stderr: '' });
    expect([mayRead(sandbox.path(FILE)), mayRead(sandbox.path(FILE), 1234)]).toEqual([true, false]);
  });

  test('can be read below a folder that was made under umask 077', async (context) => {
    requireRoot(context);
    const { sandbox, run } = scannedBelow();
    const shell = startOcspbot(['ocspbot.yaml'], { cwd: sandbox.folder, umask: 0o077 });
    expect(await shell.end()).toMatchObject({ status: 2, stderr: '' });
    expect(mayRead(sandbox.path('ocsp/sub/deeper/a.ocsp-resp'))).toBe(true);
    expect(await run()).toMatchObject({ status: 0 });
  });

  test('and not by those whom the default list of the folder above excludes', async (context) => {
    requireRoot(context);
    const { sandbox } = scannedBelow();
    setfacl(context, '-d', '-m', 'g::-,o::-', sandbox.path('ocsp'));
    const shell = startOcspbot(['ocspbot.yaml'], { cwd: sandbox.folder, umask: 0o077 });
    expect(await shell.end()).toMatchObject({ status: 2, stderr: '' });
    expect(lstatSync(sandbox.path('ocsp/sub')).mode & 0o777).toBe(0o700);
  });
});

/** A certificate in a subfolder, which is mirrored below `ocsp_folder`. */
function scannedBelow(): Workspace {
  const workspace = makeWorkspace(pki);
  const { sandbox } = workspace;
  const certificate = pki.issue();
  const [chain, root] = [certificate.issuer?.pem ?? '', certificate.issuer?.issuer?.pem ?? ''];
  mkdirSync(sandbox.path('certs/sub/deeper'), { recursive: true });
  for (const [name, pem] of [
    ['a.pem', certificate.pem],
    ['a-chain.pem', chain],
    ['a-rootchain.pem', root],
  ] as const)
    writeFileSync(sandbox.path(`certs/sub/deeper/${name}`), pem);
  workspace.configure({ scan_keys: [{ folder: 'certs' }] });
  chmodSync(sandbox.folder, 0o755);
  chmodSync(sandbox.path('ocsp'), 0o755);
  return workspace;
}

test('a umask that takes the rights of the owner, too, keeps no run from what it has made itself', async (context) => {
  requireRoot(context);
  const workspace = workspaceWithDue();
  const { sandbox } = workspace;
  workspace.configure({ make_backups: true, output_log: 'ocsp/log' });
  const { runCommand } = forUnprivilegedUser(workspace, ['ocsp', FILE]);
  const program = sandbox.path('ocspbot.js');
  const options = { cwd: sandbox.folder, user: NOBODY, program, umask: 0o777 };
  const statuses = [];
  for (const args of [['ocspbot.yaml'], ['ocspbot.yaml', '--force']])
    statuses.push((await startOcspbot(args, options).end()).status);
  expect(statuses).toEqual([2, 2]);
  expect(await runCommand('ocspbot.yaml')).toMatchObject({ status: 0 });
});

test('a run needs no /proc, which a bare chroot lacks', async (context) => {
  requireRoot(context);
  requireProgram('unshare', 'util-linux', context);
  const { sandbox } = workspaceWithDue();
  const script = `umount --lazy /proc && exec ${COMMAND} ocspbot.yaml`;
  const run = await execa('unshare', ['--mount', 'sh', '-c', script], {
    cwd: sandbox.folder,
    env: { TZ: 'UTC' },
    reject: false,
  });
  expect(run).toMatchObject({ exitCode: 2, stderr: '' });
});
