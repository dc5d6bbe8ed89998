import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, test, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { openTestPki } from '../command/support/test-pki.js';
import { ROOT } from '../docs/support/markdown.js';
import { makeController, recapOf, SERVER } from '../examples/support/ansible.js';
import { makeKey } from '../support/ca.js';
import { requireProgram, requireRoot } from '../support/require.js';
import { buildAsDocumented } from './support/installation.js';

const pki = openTestPki();
const controller = makeController();
const { sandbox } = controller;
afterAll(() => sandbox.dispose());

const ROLE = join(ROOT, 'examples/ansible/roles/ocspbot');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };
/** The folder in which Ansible looks for collections of the user. */
const COLLECTION = 'home/.ansible/collections/ansible_collections/ocspbot/stapling';

beforeEach((context: TestContext) => {
  requireRoot(context); // files of several users
  requireProgram('ansible-galaxy', 'ansible-core', context);
});

beforeAll(async () => {
  const documented = await buildAsDocumented('package:collection');
  await execa('sh', ['-ec', documented], { cwd: ROOT, env: { HOME: sandbox.path('home') } });
});

test('the collection is good enough for production by the rules of ansible-lint', async (context) => {
  requireProgram('ansible-lint', 'ansible-lint', context);
  // An installed collection has no galaxy.yml, and some rules are about it.
  sandbox.write(
    `${COLLECTION}/galaxy.yml`,
    read('packaging/collection/galaxy.yml').replace('@VERSION@', version),
  );
  const args = ['--offline', '--nocolor', '--strict', '--profile', 'production'];
  const { exitCode, all } = await execa('ansible-lint', args, {
    cwd: sandbox.path(COLLECTION),
    all: true,
    reject: false,
  });
  expect([exitCode, all]).toEqual([0, expect.stringMatching(/Passed.* 0 failure.* 0 warning/)]);
});

test('the variables that ansible-doc shows have the defaults of the role', () => {
  const { argument_specs: specs } = parse(
    readFileSync(join(ROLE, 'meta/argument_specs.yml'), 'utf8'),
  ) as Specs;
  const defaults = parse(readFileSync(join(ROLE, 'defaults/main.yml'), 'utf8')) as Record<string, unknown>;
  const { certificates, ...options } = specs.main.options;
  expect(certificates).toMatchObject({ required: true });
  expect(Object.keys(options).toSorted()).toEqual(Object.keys(defaults).toSorted());
  for (const [name, option] of Object.entries(options))
    if ('default' in option) expect([name, option['default']]).toEqual([name, defaults[name]]);
});

interface Specs {
  readonly argument_specs: {
    readonly main: { readonly options: Readonly<Record<string, object & { default?: unknown }>> };
  };
}

test('the playbook of its README sets a server up', async () => {
  const [, playbook = ''] = /```yaml\n(.*?)```/s.exec(sandbox.text(`${COLLECTION}/README.md`)) ?? [];
  controller.hold('example.com', pki.issue({ key: makeKey('p-256') }));
  sandbox.write('site.yml', playbook.replace('  become: true\n', '  gather_facts: false\n'));
  const run = await controller.playAt(sandbox.path('site.yml'));
  expect([run.status, run.stderr]).toEqual([0, '']);
  expect(recapOf(run)[SERVER]).toMatchObject({ failed: 0 });
  expect(controller.calls()).toContain('reload nginx');
  expect(sandbox.exists(`${SERVER}/var/lib/ocsp/example.com.ocsp-resp`)).toBe(true);
  for (const [installed, source] of [
    ['usr/local/bin/ocspbot', 'dist/ocspbot.js'],
    ['usr/local/lib/ocspbot/reload', 'examples/systemd/reload'],
    ['etc/systemd/system/ocspbot.service', 'examples/systemd/ocspbot.service'],
  ] as const)
    expect(sandbox.text(`${SERVER}/${installed}`)).toBe(read(source));
});
