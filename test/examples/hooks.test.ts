import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Workspace } from '../command/support/workspace.js';
import { formOf } from '../command/support/forms.js';
import { openTestPki } from '../command/support/test-pki.js';
import { DAY, MINUTE } from '../command/support/times.js';
import type { TestCertificate } from '../support/ca.js';
import type { Run } from '../support/run.js';
import { EXAMPLES, exampleScript, makeMachine, type Machine } from './support/machine.js';
import { writePendingReloads } from '../command/support/state.js';

const pki = openTestPki();
const NAME = 'example.com';

interface Renewal {
  readonly machine: Machine;
  readonly renewed: TestCertificate;
  /** The responder's response about the renewed certificate. */
  readonly response: Uint8Array;
}

/** A staple of the old certificate lies there, and the new certificate is where the configuration names it. */
function renew(): Renewal {
  const machine = makeMachine(pki);
  const { workspace } = machine;
  workspace.add(NAME, { staple: 'fresh', entry: { services: ['nginx'] } });
  workspace.add('mail.example', { staple: 'due', entry: { services: ['exim4'] } });
  workspace.configure({ services: { nginx: {}, exim4: {} } });
  const renewed = pki.issue();
  workspace.sandbox.writeCertificate(NAME, renewed);
  const response = pki.response(renewed, -MINUTE, 7 * DAY);
  pki.responder.set({ kind: 'bytes', bytes: response }, renewed);
  return { machine, renewed, response };
}

/** The hook as it is installed, except for its paths. */
function callHook({ machine }: Renewal, hook: string, environment: Readonly<Record<string, string>> = {}) {
  const { sandbox } = machine.workspace;
  const [file = '', ...args] = hook.split(' ');
  const text = readFileSync(join(EXAMPLES, 'hooks', file), 'utf8');
  const script = text.replaceAll('/usr/local/lib/ocspbot/deploy', exampleScript('hooks/deploy'));
  const path = sandbox.write(`hooks/${file}`, script, 0o755);
  const settings = { OCSPBOT_CONFIG: machine.configuration, OCSPBOT_WAITS: '0 0 0' };
  return machine.shell([path, ...args].join(' '), { ...settings, ...environment });
}

const CERTBOT = {
  RENEWED_LINEAGE: `/etc/letsencrypt/live/${NAME}`,
  RENEWED_DOMAINS: `${NAME} www.${NAME}`,
};

/** The arguments of dehydrated for a certificate, whose files only root can read. */
function dehydrated({ machine }: Renewal, domain: string, folder: string): string {
  const files = ['privkey', 'cert', 'fullchain', 'chain'].map((file) =>
    machine.workspace.sandbox.write(`certs/${folder}/${file}.pem`, '', 0o600),
  );
  return ['deploy_cert', domain, ...files, '1790000000'].map((word) => `'${word}'`).join(' ');
}

/** The staple as it was when systemctl was called. */
function seen({ machine }: Renewal): Uint8Array {
  return machine.workspace.sandbox.read(`seen/${NAME}.ocsp`);
}

describe('the staple of a renewed certificate is there before the server reads either', () => {
  test.each<[string, (renewal: Renewal) => Promise<Run>]>([
    ['certbot', (renewal) => callHook(renewal, 'certbot-deploy', CERTBOT)],
    ['dehydrated', (renewal) => callHook(renewal, `dehydrated ${dehydrated(renewal, NAME, NAME)}`)],
    [
      'dehydrated with an alias',
      (renewal) => callHook(renewal, `dehydrated ${dehydrated(renewal, 'example.org', NAME)}`),
    ],
    ['acme.sh --reloadcmd', (renewal) => callHook(renewal, `deploy ${NAME}`)],
  ])('%s', async (_, call) => {
    const renewal = renew();
    expect(await call(renewal)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(renewal.machine.calls()).toEqual(['reload nginx']);
    expect(seen(renewal)).toEqual(new Uint8Array(renewal.response));
  });
});

test.each(['*.example.com', '-example.com', 'two words'])(
  '%s is a name: the server gets the staple of that certificate',
  async (name) => {
    const renewal = renew();
    const { workspace } = renewal.machine;
    workspace.add(name, { staple: 'fresh', entry: { services: ['nginx'], ocsp: 'other.ocsp' } });
    workspace.configure({ services: { nginx: {}, exim4: {} } });
    const other = pki.issue();
    workspace.sandbox.writeCertificate(name, other);
    const response = pki.response(other, -MINUTE, 7 * DAY);
    pki.responder.set({ kind: 'bytes', bytes: response }, other);
    expect(await callHook(renewal, `deploy '${name}'`)).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect(workspace.sandbox.read('seen/other.ocsp')).toEqual(new Uint8Array(response));
    expect(pki.requestsFor(renewal.renewed)).toEqual([]);
  },
);

test('the settings of the machine are read from a file, and programs found though PATH is short', async () => {
  const renewal = renew();
  const { workspace, bin } = renewal.machine;
  const lines = [
    `PATH=${bin}:$PATH`,
    "OCSPBOT_SERVERS='apache2 nginx'",
    "OCSPBOT_RUN='env OCSPBOT_RAN=1 ocspbot'",
  ];
  const defaults = workspace.sandbox.write('defaults', `${lines.join('\n')}\n`);
  const run = await callHook(renewal, 'certbot-deploy', {
    ...CERTBOT,
    OCSPBOT_DEFAULTS: defaults,
    PATH: '/usr/bin:/bin',
  });
  expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(renewal.machine.calls()).toEqual(['reload apache2', 'reload nginx']);
});

test.each(['deploy', "deploy ''"])('without a name nothing is reloaded: %s', async (call) => {
  const renewal = renew();
  const run = await callHook(renewal, call);
  expect(run.status).not.toBe(0);
  expect(run.stderr).toContain('the name of the certificate in the configuration of ocspbot is missing');
  expect(renewal.machine.calls()).toEqual([]);
});

test('dehydrated calls for much else: nothing is done', async () => {
  const renewal = renew();
  for (const args of ['startup_hook', `deploy_challenge ${NAME} token value`, `unchanged_cert ${NAME}`]) {
    expect(await callHook(renewal, `dehydrated ${args}`)).toMatchObject({ status: 0, stdout: '' });
  }
  expect(renewal.machine.calls()).toEqual([]);
});

test('the user of ocspbot can read certificates of dehydrated, and no key', async () => {
  const renewal = renew();
  await callHook(renewal, `dehydrated ${dehydrated(renewal, NAME, NAME)}`);
  const folder = renewal.machine.workspace.sandbox.path(`certs/${NAME}`);
  const modes = ['cert', 'chain', 'fullchain', 'privkey'].map(
    (file) => statSync(join(folder, `${file}.pem`)).mode & 0o777,
  );
  expect(modes).toEqual([0o644, 0o644, 0o644, 0o600]);
});

test('dehydrated would renew no other certificate after a hook that failed: a staple that is missing is only reported', async () => {
  const renewal = renew();
  pki.responder.set('unauthorized', renewal.renewed);
  const run = await callHook(renewal, `dehydrated ${dehydrated(renewal, NAME, NAME)}`);
  expect(run.status).toBe(0);
  expect(run.stderr).toContain(`there is no staple for the new ${NAME} (status 32)`);
  expect(renewal.machine.calls()).toEqual([]);
});

function makeWithoutOcsp({ sandbox }: Workspace): void {
  sandbox.writeCertificate(NAME, pki.issue({ ocspUrls: [] }));
  sandbox.remove(`ocsp/${NAME}.ocsp`);
}

describe('certbot', () => {
  test('a responder that does not know the certificate yet is asked again', async () => {
    const renewal = renew();
    const { machine, renewed, response } = renewal;
    pki.responder.set('unauthorized', renewed);
    const call = callHook(renewal, 'certbot-deploy', { ...CERTBOT, OCSPBOT_WAITS: '0 1 1 1 1 1 1 1' });
    while (pki.requestsFor(renewed).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    pki.responder.set({ kind: 'bytes', bytes: response }, renewed);
    expect((await call).status).toBe(0);
    expect(machine.calls()).toEqual(['reload nginx']);
    expect(seen(renewal)).toEqual(new Uint8Array(response));
  });

  test('as long as there is none the old certificate is served on; the run that brings it asks for the reload', async () => {
    const renewal = renew();
    const { machine, renewed, response } = renewal;
    pki.responder.set('unauthorized', renewed);
    const run = await callHook(renewal, 'certbot-deploy', CERTBOT);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(`there is no staple for the new ${NAME} (status 32)`);
    // Each run begins like this, and goes on in other ways.
    expect(
      pki
        .requestsFor(renewed)
        .map(formOf)
        .filter((form) => form === 'GET sha1'),
    ).toHaveLength(3);
    expect(machine.calls()).toEqual([]);
    pki.responder.set({ kind: 'bytes', bytes: response }, renewed);
    expect((await machine.shell(`ocspbot ocspbot.yaml --only ${NAME}`)).status).toBe(2);
  });

  test('a reload that an earlier run owes takes place, and is not denied', async () => {
    const renewal = renew();
    pki.responder.set('unauthorized', renewal.renewed);
    writePendingReloads(renewal.machine.workspace.sandbox, ['nginx']);
    const run = await callHook(renewal, 'certbot-deploy', CERTBOT);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(': the old certificate stays in service until the next reload;');
    expect(renewal.machine.calls()).toEqual(['reload nginx']);
  });

  test('a certificate without OCSP is served at once', async () => {
    const renewal = renew();
    makeWithoutOcsp(renewal.machine.workspace);
    expect((await callHook(renewal, 'certbot-deploy', CERTBOT)).status).toBe(0);
    expect(renewal.machine.calls()).toEqual(['reload nginx']);
  });

  test('a configuration without services: nobody is told to reload what is reloaded', async () => {
    const renewal = renew();
    const { workspace } = renewal.machine;
    workspace.add(NAME, { staple: 'fresh' });
    workspace.add('mail.example', { staple: 'fresh' });
    workspace.configure();
    workspace.sandbox.writeCertificate(NAME, renewal.renewed);
    expect(await callHook(renewal, 'certbot-deploy', CERTBOT)).toMatchObject({ status: 0, stderr: '' });
    expect(renewal.machine.calls()).toEqual(['reload nginx']);
    expect(seen(renewal)).toEqual(new Uint8Array(renewal.response));
  });

  test('what an earlier run owes is reloaded too', async () => {
    const renewal = renew();
    const { sandbox } = renewal.machine.workspace;
    writePendingReloads(sandbox, ['exim4']);
    await callHook(renewal, 'certbot-deploy', CERTBOT);
    expect(renewal.machine.calls()).toEqual(['reload exim4', 'reload nginx']);
    expect((await renewal.machine.shell(`ocspbot ocspbot.yaml --only ${NAME}`)).status).toBe(0);
  });

  test.each([true, false])('another server that cannot be reloaded; with OCSP: %s', async (hasOcsp) => {
    const renewal = renew();
    const { workspace } = renewal.machine;
    if (!hasOcsp) makeWithoutOcsp(workspace);
    workspace.configure({ run_reloads: true, services: { nginx: {}, exim4: { reload: ['false'] } } });
    writePendingReloads(workspace.sandbox, ['exim4']);
    const run = await callHook(renewal, 'certbot-deploy', CERTBOT);
    expect(run.status).toBe(0);
    expect(run.stderr).toContain('error: exim4: reload failed: false ended with status 1');
    expect(run.stderr).not.toContain('there is no staple');
    expect(renewal.machine.calls()).toEqual(['reload exim4', 'reload nginx']);
    if (hasOcsp) expect(seen(renewal)).toEqual(new Uint8Array(renewal.response));
  });

  test('a server that cannot be reloaded is reloaded when a later run asks for it', async () => {
    const renewal = renew();
    const { machine } = renewal;
    machine.workspace.configure({ services: { nginx: {}, exim4: {}, broken: {} } });
    const run = await callHook(renewal, 'certbot-deploy', { ...CERTBOT, OCSPBOT_SERVERS: 'broken exim4' });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('Job for broken failed.');
    expect(machine.calls()).toEqual(['reload broken', 'reload exim4', 'reload nginx']);
    const next = await machine.shell('ocspbot ocspbot.yaml --only mail.example --json');
    expect(JSON.parse(next.stdout)).toMatchObject({ owed_before: ['broken'] });
  });

  test.each(['HUP', 'INT', 'TERM', 'KILL'])(
    'ended by %s while it waits: the next run asks for what it should have reloaded',
    async (signal) => {
      const renewal = renew();
      const { workspace, shell } = renewal.machine;
      pki.responder.set('unauthorized', renewal.renewed);
      writePendingReloads(workspace.sandbox, ['exim4']);
      const sleep = `#!/bin/sh\n[ "$1" = 0 ] || kill -${signal} $PPID $$\n`;
      workspace.sandbox.write('bin/sleep', sleep, 0o755);
      const run = await callHook(renewal, 'certbot-deploy', { ...CERTBOT, OCSPBOT_WAITS: '0 1' });
      expect(run).toMatchObject(signal === 'KILL' ? { status: 128 + 9 } : { status: 1 });
      expect(renewal.machine.calls()).toEqual([]);
      const next = await shell('ocspbot ocspbot.yaml --only mail.example --json');
      expect(JSON.parse(next.stdout)).toMatchObject({ owed_before: ['exim4'] });
    },
  );

  test.each(['HUP', 'INT', 'TERM'])(
    'ended by %s while ocspbot runs: the next run asks for what this one has named',
    async (signal) => {
      const renewal = renew();
      const { workspace, shell } = renewal.machine;
      const run = `#!/bin/sh\n[ "$1" = owe ] || kill -${signal} $PPID\nexec ocspbot "$@"\n`;
      const environment = { ...CERTBOT, OCSPBOT_RUN: workspace.sandbox.write('bin/run', run, 0o755) };
      expect(await callHook(renewal, 'certbot-deploy', environment)).toMatchObject({ status: 1 });
      expect(renewal.machine.calls()).toEqual([]);
      const next = await shell('ocspbot ocspbot.yaml --only mail.example --json');
      expect(JSON.parse(next.stdout)).toMatchObject({ owed_before: ['nginx'] });
    },
  );

  test('a server that ocspbot does not know cannot be handed back: it says so', async () => {
    const renewal = renew();
    const run = await callHook(renewal, 'certbot-deploy', { ...CERTBOT, OCSPBOT_SERVERS: 'broken' });
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/Job for broken failed\.\n[^]*has no service "broken"/);
  });

  test('a certificate that ocspbot does not look after', async () => {
    const renewal = renew();
    const run = await callHook(renewal, 'certbot-deploy', { RENEWED_LINEAGE: '/etc/letsencrypt/live/other' });
    expect(run.status).toBe(0);
    expect(run.stderr).toContain('ocspbot does not look after other: no staple, reloading nginx');
    expect(renewal.machine.calls()).toEqual(['reload nginx']);
  });

  test('a configuration that is wrong', async () => {
    const renewal = renew();
    renewal.machine.workspace.sandbox.write('ocspbot.yaml', 'domains: 5\n');
    const run = await callHook(renewal, 'certbot-deploy', CERTBOT);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(`(status 78)`);
    expect(renewal.machine.calls()).toEqual([]);
  });

  test('without what certbot sets', async () => {
    const run = await callHook(renew(), 'certbot-deploy');
    expect(run.status).not.toBe(0);
    expect(run.stderr).toContain('RENEWED_LINEAGE');
  });
});
