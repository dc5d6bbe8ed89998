import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isPublishedPath, pathOf } from '../../src/snapshot/published-path.js';
import { makeResponse } from '../support/ca.js';
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

test('a folder that is missing is reported when the configuration is read', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example');
  workspace.configure({ publish_folder: 'nowhere' });
  const { status, stdout, stderr } = await workspace.runCommand('validate', 'ocspbot.yaml');
  expect(status).not.toBe(0);
  expect(stdout + stderr).toMatch(/"\S*nowhere" does not exist/);
});
