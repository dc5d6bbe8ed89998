import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openTestPki } from './support/test-pki.js';
import { makeWorkspace } from './support/workspace.js';

const pki = openTestPki();

test('a run writes the page, as status --html does, with its renewals and reloads', async () => {
  const workspace = makeWorkspace(pki);
  const { sandbox } = workspace;
  const { certificate } = workspace.add('down.example', { staple: 'due', entry: { services: ['mail'] } });
  pki.responder.set('tryLater', certificate);
  for (const name of ['a.example', 'b.example'])
    workspace.add(name, { staple: 'due', entry: { services: ['web'] } });
  const services = { web: { reload: ['true'] }, mail: {} };
  workspace.configure({ services, html_file: 'page.html', http: { attempts: 1 } });
  expect((await workspace.run('--dry-run')).status).toBe(0);
  expect(sandbox.exists('page.html')).toBe(false);
  expect((await workspace.run('--reload')).status).toBe(0);
  const page = sandbox.text('page.html');
  expect(statSync(sandbox.path('page.html')).mode & 0o777).toBe(0o644);
  expect(page).toMatch(/^<!doctype html>\n<!-- ocspbot status -->\n/);
  expect(page).toContain('2 renewed, 1 failed attempts in six weeks');
  expect(page).toMatch(/<bdi>web<\/bdi>.{0,200}none pending.{0,60}reloaded, <time /);
  expect(page).toMatch(/<bdi>mail<\/bdi>.{0,200}none pending.{0,60}none is known/);
  const status = await workspace.runCommand('status', '--html', 'again.html');
  expect(status).toMatchObject({ status: 0, stdout: '', stderr: '' });
  const namesIn = (text: string) => text.match(/<bdi>.*?<\/bdi>|class="tag.*?<|\d+ renewed/g);
  expect(namesIn(sandbox.text('again.html'))).toEqual(namesIn(page));
});

test('a page never replaces another file, and a run is none the worse for it', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', { staple: 'due' });
  workspace.configure({ html_file: 'precious' });
  workspace.sandbox.write('precious', '<html>somebody wrote this</html>');
  const run = await workspace.run();
  expect(run).toMatchObject({ status: 2, stderr: expect.stringContaining('precious is not replaced') });
  const status = await workspace.runCommand('status', '--html', 'precious');
  expect(status).toMatchObject({ status: 73, stderr: expect.stringContaining('holds no page of ocspbot') });
  expect(workspace.sandbox.text('precious')).toBe('<html>somebody wrote this</html>');
  const nowhere = await workspace.runCommand('status', '--html', 'nowhere/page.html');
  expect(nowhere).toMatchObject({ status: 73, stderr: expect.stringContaining('nowhere') });
});
