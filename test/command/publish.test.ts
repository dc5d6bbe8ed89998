import { chmodSync, chownSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { isPublishedPath, pathOf } from '../../src/snapshot/published-path.js';
import { makeResponse } from '../support/ca.js';
import { requireRoot } from '../support/require.js';
import { COMMAND, copyForAllUsers } from '../support/run.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR } from './support/times.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';

const pki = openTestPki();

function makePublisher(): Workspace {
  const workspace = makeWorkspace(pki);
  mkdirSync(workspace.sandbox.path('published'));
  return workspace;
}

/** Returns the published files below the folder. */
function published({ sandbox }: Workspace): string[] {
  const files = Object.entries(sandbox.snapshot('published')).filter(([, { kind }]) => kind === 'file');
  return files.map(([path]) => path);
}

/** Returns the path of GET, as the responder saw it, in the form of a folder. */
function askedPaths({ certificate }: ReturnType<Workspace['add']>): string[] {
  return pki.requestsFor(certificate).map(({ question }) => pathOf(question!.der));
}

test('a path is that of the request, and a slash is a folder', () => {
  const request = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  expect(pathOf(request('MFEw//Tz/w=='))).toBe('MFEw/Tz/w==');
  expect(pathOf(request('MFEwTzA/'))).toBe('MFEwTzA/index');
  expect(pathOf(request('MFEwTz//'))).toBe('MFEwTz/index');
  expect(isPublishedPath(`M${'a'.repeat(78)}==`)).toBe(true);
  for (const path of [`M${'a'.repeat(78)}/..`, `M${'a'.repeat(78)}.html`, 'MFEw', 'a'.repeat(90)])
    expect(isPublishedPath(path), path).toBe(false);
});

test('each run publishes good staples, and writes only what has changed', async () => {
  const workspace = makePublisher();
  const missing = workspace.add('missing.example', { staple: 'missing' });
  workspace.add('fresh.example', { staple: 'fresh' });
  const { certificate: refused } = workspace.add('refused.example', { staple: 'missing' });
  pki.responder.set('revoked', refused);
  workspace.configure({ publish_folder: 'published' });
  expect((await workspace.run('--quiet')).status).toBe(34);
  const before = workspace.sandbox.snapshot('published');
  expect(published(workspace)).toHaveLength(2);
  const [path = ''] = askedPaths(missing);
  expect(workspace.sandbox.read(`published/${path}`)).toEqual(workspace.sandbox.read(missing.file));
  expect(before[path]?.mode).toBe('644');
  expect(await workspace.run('--quiet')).toMatchObject({ status: 32 });
  expect(workspace.sandbox.snapshot('published')).toEqual(before);
  await workspace.run('--quiet', '--force', '--dry-run');
  expect(workspace.sandbox.snapshot('published')).toEqual(before);
});

test('a response with both hashes is published under both', async () => {
  const workspace = makePublisher();
  const { certificate } = workspace.add('both.example');
  const [thisUpdate, nextUpdate] = [Date.now() - HOUR, Date.now() + 7 * DAY];
  const single = { certificate, thisUpdate, nextUpdate };
  const issuer = certificate.issuer!;
  const bytes = makeResponse({
    issuer,
    singles: [
      { ...single, hash: 'sha1' },
      { ...single, hash: 'sha256' },
    ],
  } as Parameters<typeof makeResponse>[0]);
  pki.responder.set({ kind: 'bytes', bytes }, certificate);
  workspace.configure({ publish_folder: 'published' });
  expect((await workspace.run()).status).toBe(2);
  expect(published(workspace)).toHaveLength(2);
});

test('a response that is over is removed; one of another configuration and the files of others stay', async () => {
  const workspace = makePublisher();
  const { certificate } = workspace.add('gone.example', { staple: 'missing' });
  const times = { thisUpdate: Date.now() - HOUR, nextUpdate: Date.now() + 2 * DAY };
  const bytes = makeResponse({ issuer: certificate.issuer!, certificate, ...times });
  pki.responder.set({ kind: 'bytes', bytes }, certificate);
  workspace.configure({ publish_folder: 'published' });
  expect((await workspace.run()).status).toBe(2);
  const [path = ''] = published(workspace);
  workspace.sandbox.write('published/index.html', 'hello');
  workspace.sandbox.write('published/MFEw/note', 'hello');

  const other = makeWorkspace(pki);
  other.add('other.example', { staple: 'fresh' });
  other.configure({ publish_folder: workspace.sandbox.path('published') });
  await other.run();
  expect(published(workspace)).toHaveLength(4);
  await other.run('--now', new Date(Date.now() + 3 * DAY).toISOString().replace(/\.\d+/, ''));
  const left = published(workspace);
  expect(left).toHaveLength(3);
  expect(left).not.toContain(path);
  expect(left).toEqual(expect.arrayContaining(['index.html', 'MFEw/note']));
});

test('a clock that is far ahead removes nothing: for it each response is over', async () => {
  const workspace = makePublisher();
  for (const name of ['a.example', 'b.example']) workspace.add(name, { staple: 'fresh' });
  workspace.configure({ publish_folder: 'published' });
  expect((await workspace.run()).status).toBe(0);
  const before = published(workspace);
  expect(before).toHaveLength(2);
  const later = new Date(Date.now() + 3650 * DAY).toISOString().replace(/\.\d+/, '');
  expect((await workspace.run('--now', later)).status).toBe(32);
  expect(published(workspace)).toEqual(before);
});

test('a folder that cannot be written to is a warning with advice, and no certificate suffers', async () => {
  const workspace = makePublisher();
  const { certificate, file } = workspace.add('a.example');
  workspace.configure({ publish_folder: 'published' });
  await workspace.run();
  const [path = ''] = published(workspace);
  workspace.sandbox.remove(`published/${path}`);
  mkdirSync(workspace.sandbox.path(`published/${path}`));
  const { status, stderr } = await workspace.run();
  expect(status).toBe(0);
  expect(stderr).toMatch(/warning: cannot publish a response at .*\n?.*those who fetch from there get/s);
  expect(workspace.sandbox.exists(file)).toBe(true);
  expect(certificate).toBeDefined();
});

/** Serial numbers whose requests have slashes in their base64. */
const SERIALS = [13, 14, 15].map((length) => new Uint8Array(length).fill(0xff).fill(0x7f, 0, 1));

test('what cannot be published hinders no other response, and is said shortly', async () => {
  const workspace = makePublisher();
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.example`);
  for (const name of names) workspace.add(name);
  workspace.configure({ publish_folder: 'published' });
  await workspace.run();
  const paths = published(workspace);
  for (const path of paths) {
    workspace.sandbox.remove(`published/${path}`);
    if (path !== paths.at(-1)) mkdirSync(workspace.sandbox.path(`published/${path}`));
  }
  const { status, stderr } = await workspace.run();
  expect([status, published(workspace)]).toEqual([0, [paths.at(-1)]]);
  expect(stderr.match(/cannot publish a response at/g)).toHaveLength(3);
  expect(stderr).toContain('in total, 5 of 6 responses could not be published');
});

test('links in the folder lead nowhere: a file is replaced, nothing is written below a folder', async () => {
  const workspace = makePublisher();
  const { sandbox } = workspace;
  const slashed = workspace.add('slashed.example', { certificate: { serial: SERIALS[0] } });
  workspace.add('plain.example', { certificate: { serial: 5 } });
  workspace.configure({ publish_folder: 'published' });
  await workspace.run();
  const paths = published(workspace);
  const [slashedPath = ''] = askedPaths(slashed);
  expect(dirname(slashedPath)).not.toBe('.');
  const plainPath = paths.find((path) => path !== slashedPath) ?? '';
  const [first = ''] = slashedPath.split('/');
  sandbox.write('theirs', 'theirs');
  sandbox.write('elsewhere/.keep', '');
  sandbox.remove(`published/${first}`);
  symlinkSync(sandbox.path('elsewhere'), sandbox.path(`published/${first}`));
  sandbox.remove(`published/${plainPath}`);
  symlinkSync(sandbox.path('theirs'), sandbox.path(`published/${plainPath}`));
  const { status, stderr } = await workspace.run();
  expect([status, stderr]).toEqual([
    0,
    expect.stringMatching(/warning: nothing is published below \S+: it is a link\n  hint: remove it/),
  ]);
  expect(sandbox.list('elsewhere')).toEqual(['.keep']);
  expect(sandbox.text('theirs')).toBe('theirs');
  expect(sandbox.snapshot('published')[plainPath]?.kind).toBe('file');
});

test('of two publishers, the one with the newer good response prevails', async () => {
  const first = makePublisher();
  const { certificate, file } = first.add('a.example');
  const response = (from: number) => pki.response(certificate, from, 7 * DAY);
  const [older, newer] = [response(-2 * HOUR), response(-HOUR)];
  first.sandbox.write(file, newer);
  first.configure({ publish_folder: 'published' });
  await first.run();
  const [path = ''] = published(first);
  const second = makeWorkspace(pki);
  const entry = second.sandbox.writeCertificate('a.example', certificate);
  second.sandbox.write(`ocsp/${entry.ocsp}`, older);
  second.sandbox.writeConfiguration({
    ocsp_folder: 'ocsp',
    publish_folder: first.sandbox.path('published'),
    domains: { a: entry },
  });
  const publish = async () => {
    expect(await second.run('--quiet')).toMatchObject({ status: 0, stderr: '' });
    return first.sandbox.read(`published/${path}`);
  };
  expect(await publish()).toEqual(newer);
  // A response that nobody may serve does not prevail, however new it says to be.
  const forged = newer.slice();
  forged[forged.length - 1]! ^= 1;
  for (const bad of [forged, new Uint8Array(), Buffer.from('garbage')]) {
    first.sandbox.write(`published/${path}`, bad);
    expect(await publish()).toEqual(older);
  }
});

test('folders of others are left alone, and folders that become empty are removed', async (context) => {
  requireRoot(context);
  const workspace = makePublisher();
  const { sandbox } = workspace;
  for (const [index, serial] of SERIALS.entries()) {
    const { certificate } = workspace.add(`d${index}.example`, {
      staple: 'missing',
      certificate: { serial },
    });
    const times = { thisUpdate: Date.now() - HOUR, nextUpdate: Date.now() + 2 * DAY };
    const bytes = makeResponse({ issuer: certificate.issuer!, certificate, ...times });
    pki.responder.set({ kind: 'bytes', bytes }, certificate);
  }
  workspace.configure({ publish_folder: 'published' });
  await workspace.run('--quiet');
  expect(published(workspace)).toHaveLength(3);
  // A folder of root, as ext4 has it at the top, is closed to others.
  sandbox.write('published/lost+found/.keep', '');
  chmodSync(sandbox.path('published/lost+found'), 0o700);
  const other = makeWorkspace(pki);
  other.add('other.example', { staple: 'fresh', certificate: { serial: 7 } });
  other.configure({ publish_folder: sandbox.path('published') });
  const program = copyForAllUsers(other.sandbox.folder);
  chmodSync(sandbox.folder, 0o755);
  await execa(
    'chown',
    [
      '-R',
      '65532',
      other.sandbox.folder,
      ...['', ...sandbox.list('published')]
        .filter((name) => name !== 'lost+found')
        .map((name) => sandbox.path(`published/${name}`)),
    ],
    { reject: false },
  );
  chownSync(sandbox.path('published/lost+found'), 0, 0);
  const later = new Date(Date.now() + 3 * DAY).toISOString().replace(/\.\d+/, '');
  const user = ['--reuid', '65532', '--regid', '65532', '--clear-groups'];
  const run = await execa('setpriv', [...user, process.execPath, program, 'ocspbot.yaml', '--now', later], {
    cwd: other.sandbox.folder,
    reject: false,
  });
  expect([run.exitCode, run.stderr]).toEqual([0, '']);
  expect(sandbox.list('published')).toEqual([expect.stringMatching(/^M/), 'lost+found']);
});

test('a full disk: what was published stays, and nothing is left over', async (context) => {
  requireRoot(context);
  const workspace = makePublisher();
  for (const name of ['a', 'b', 'c'])
    workspace.add(`${name}.example`, { certificate: { serial: name.charCodeAt(0) } });
  workspace.configure({ publish_folder: 'published' });
  const folder = workspace.sandbox.path('published');
  // The file system has room for three names: one folder, and fewer files than there are responses.
  const script = `mount -t tmpfs -o nr_inodes=4 tmpfs '${folder}' &&
    ${COMMAND} ocspbot.yaml | grep -ow 'status 2'; find '${folder}' -name '.*' -type f`;
  const { stdout, stderr } = await execa('unshare', ['--mount', 'sh', '-c', script], {
    cwd: workspace.sandbox.folder,
    env: { TZ: 'UTC' },
  });
  expect(stdout).toBe('status 2');
  expect(stderr).toMatch(/cannot publish a response at .*ENOSPC.*\n.*free space or inodes/);
});

test('a folder that is missing is reported when the configuration is read', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example');
  workspace.configure({ publish_folder: 'nowhere' });
  const { status, stdout, stderr } = await workspace.runCommand('validate', 'ocspbot.yaml');
  expect(status).not.toBe(0);
  expect(stdout + stderr).toMatch(/"\S*nowhere" does not exist/);
});
