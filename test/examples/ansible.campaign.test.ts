import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, type TestContext } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { makeKey, type TestCertificate } from '../support/ca.js';
import { requireProgram, requireRoot } from '../support/require.js';
import type { Run } from '../support/run.js';
import { FETCHER, makeController, recapOf, SERVER } from './support/ansible.js';
import { EXAMPLES } from './support/machine.js';

const pki = openTestPki();
const controller = makeController();
const { sandbox } = controller;
afterAll(() => sandbox.dispose());

beforeEach((context: TestContext) => {
  requireRoot(context); // files of several users
  requireProgram('ansible-playbook', 'ansible-core', context);
});

const NAMES = ['example.com', 'example.net', 'mail.example.com'] as const;
const STAPLES = `${SERVER}/var/lib/ocsp`;
const TLS = `${SERVER}/etc/ssl/ocspbot`;

beforeAll(() => {
  for (const name of NAMES) renew(name);
});

/** A new certificate, with a new key, on the controller. */
function renew(name: (typeof NAMES)[number], ocspUrls?: readonly string[]): TestCertificate {
  const certificate = pki.issue({ key: makeKey('p-256'), ...(ocspUrls && { ocspUrls }) });
  controller.hold(name, certificate);
  return certificate;
}

/** The file's mode, owner and group. */
function rightsOf(name: string): string {
  const { mode, uid, gid } = lstatSync(sandbox.path(name));
  return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
}

function site(...args: string[]): Promise<Run> {
  return controller.play('site.yml', ...args);
}

test('the playbooks are understood', async () => {
  expect(await controller.play('site.yml', '--syntax-check')).toMatchObject({ status: 0, stderr: '' });
  expect(await controller.play('fleet.yml', '--syntax-check')).toMatchObject({ status: 0, stderr: '' });
});

// A machine from its first day on: each test goes on where the one before it has ended.
describe('a server that asks the responders itself', () => {
  test('a check tells what would be done, and does nothing', async () => {
    const before = sandbox.snapshot(SERVER);
    const run = await site('--check');
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(recapOf(run)[SERVER]).toMatchObject({ changed: 6, failed: 0 });
    expect(sandbox.snapshot(SERVER)).toEqual(before);
    expect(controller.calls()).toEqual([]);
  });

  test('the first run', async () => {
    const run = await site();
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(recapOf(run)[SERVER]).toMatchObject({ changed: 9, failed: 0 });
    const timer = ['daemon-reload', 'enable ocspbot.timer', 'start ocspbot.timer'];
    expect(controller.calls()).toEqual([...timer, 'reload nginx', 'reload dovecot', 'reload exim4']);
  });

  test('has copied keys, certificates, the program and the units with their rights', () => {
    expect(NAMES.map((name) => rightsOf(`${TLS}/${name}/privkey.pem`))).toEqual([
      ...['400 0:0', '400 0:0'],
      '640 0:8', // mail
    ]);
    for (const name of NAMES) {
      for (const file of ['privkey.pem', 'fullchain.pem']) {
        expect(sandbox.text(`${TLS}/${name}/${file}`)).toBe(sandbox.text(`certificates/${name}/${file}`));
      }
      expect(rightsOf(`${TLS}/${name}/fullchain.pem`)).toBe('644 0:0');
      expect(rightsOf(`${STAPLES}/${name}.ocsp-resp`)).toBe('644 65534:65534'); // nobody
    }
    expect(rightsOf(`${SERVER}/usr/local/bin/ocspbot`)).toBe('755 0:0');
    for (const [installed, rights, example] of [
      ['usr/local/lib/ocspbot/reload', '755 0:0', 'reload'],
      ['etc/systemd/system/ocspbot.service', '644 0:0', 'ocspbot.service'],
      ['etc/systemd/system/ocspbot.timer', '644 0:0', 'ocspbot.timer'],
    ] as const) {
      expect(rightsOf(`${SERVER}/${installed}`)).toBe(rights);
      expect(sandbox.text(`${SERVER}/${installed}`)).toBe(
        readFileSync(join(EXAMPLES, 'systemd', example), 'utf8'),
      );
    }
  });

  test('the second run changes nothing', async () => {
    const before = controller.machine(SERVER);
    const asked = pki.responder.requests.length;
    const run = await site();
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(recapOf(run)[SERVER]).toMatchObject({ changed: 0, failed: 0 });
    expect(controller.machine(SERVER)).toEqual(before);
    expect(controller.calls()).toEqual([]);
    expect(pki.responder.requests).toHaveLength(asked);
  });

  test('a check of a renewed certificate does not show its key', async () => {
    renew('mail.example.com');
    const before = controller.machine(SERVER);
    const run = await site('--check', '--diff');
    expect(recapOf(run)[SERVER]).toMatchObject({ changed: 2, failed: 0 });
    expect(run.stdout).toContain('-----BEGIN CERTIFICATE-----');
    expect(run.stdout).not.toContain('PRIVATE KEY');
    expect(controller.machine(SERVER)).toEqual(before);
  });

  test('a renewed certificate: its staple is there before the services that it concerns are reloaded', async () => {
    const run = await site();
    expect(run.status).toBe(0);
    expect(controller.calls()).toEqual(['reload dovecot', 'reload exim4']);
    const [name] = ['mail.example.com.ocsp-resp'];
    expect(sandbox.read(`seen/${name}`)).toEqual(sandbox.read(`${STAPLES}/${name}`));
  });

  test('34: what is due is reloaded, and the play fails; a certificate without a staple is not served', async () => {
    renew('example.com');
    pki.responder.set('unauthorized', renew('mail.example.com'));
    const run = await site();
    expect(run.status).toBe(2);
    expect(recapOf(run)[SERVER]).toMatchObject({ failed: 1 });
    expect(run.stdout).toContain('"error: mail.example.com: failed: ');
    expect(controller.calls()).toEqual(['reload nginx']);
  });

  test('32: a renewed certificate that needs no staple is served all the same', async () => {
    renew('example.net', []);
    const run = await site();
    expect(run.status).toBe(2);
    expect(run.stdout).toContain('"error: mail.example.com: failed: ');
    expect(controller.calls()).toEqual(['reload nginx']);
  });

  test('32 again, where nothing was copied', async () => {
    expect(recapOf(await site())[SERVER]).toMatchObject({ changed: 0, failed: 1 });
    expect(controller.calls()).toEqual([]);
  });

  test('the run that brings the staple reloads', async () => {
    pki.responder.reset();
    expect((await site()).status).toBe(0);
    expect(controller.calls()).toEqual(['reload dovecot', 'reload exim4']);
  });

  test('a service that cannot be reloaded fails the play, and is asked for until it can be', async () => {
    const certificates = {
      broken: { domains: ['example.com'], reload: ['nginx', 'broken', 'dovecot'] },
    };
    const play = () => site('-e', JSON.stringify({ certificates }));
    renew('example.com');
    const run = await play();
    expect(run.status).toBe(2);
    expect(run.stdout).toContain('broken could not be reloaded; the next run asks for it again');
    expect(controller.calls()).toEqual(['reload nginx', 'reload broken', 'reload dovecot']);
    expect((await play()).status).toBe(2);
    expect(controller.calls()).toEqual(['reload broken']);
    sandbox.write('repaired', '');
    expect((await play()).status).toBe(0);
    expect(controller.calls()).toEqual(['reload broken']);
    expect((await play()).status).toBe(0);
    expect(controller.calls()).toEqual([]);
  });

  test('a wildcard certificate, on a server that is in no group of a fleet', async () => {
    const name = '*.example.com';
    controller.hold(name, pki.issue({ key: makeKey('p-256') }));
    const certificates = { nginx: { domains: [name], reload: ['nginx'] } };
    const alone = sandbox.write(
      'alone.yml',
      sandbox.text('inventory.yml').replace(/^ocsp_fetcher:/m, 'others:'),
    );
    const run = await controller.play('site.yml', '-i', alone, '-e', JSON.stringify({ certificates }));
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(sandbox.exists(`${STAPLES}/${name}.ocsp-resp`)).toBe(true);
    expect(controller.calls()).toContain('reload nginx');
  });

  test('a configuration that is wrong does not get there', async () => {
    const before = controller.machine(SERVER);
    const run = await site('-e', '{"ocspbot_settings": {"minimum_validity": "soon"}}');
    expect(run.status).toBe(2);
    expect(run.stdout).toContain('minimum_validity');
    expect(controller.machine(SERVER)).toEqual(before);
  });

  test('a configuration with a password is for one group, and a difference does not show it', async () => {
    const variables = {
      ocspbot_readers: 'nogroup',
      ocspbot_settings: { http: { proxy: 'http://user:confidential@proxy.example:3128' } },
    };
    const run = await site('--diff', '-e', JSON.stringify(variables));
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(sandbox.text(`${SERVER}/etc/ocspbot.yaml`)).toContain('confidential');
    expect(rightsOf(`${SERVER}/etc/ocspbot.yaml`)).toBe('640 0:65534');
    expect(run.stdout).not.toContain('confidential');
  });

  test('with cron', async () => {
    // Both from the command line: cron runs it as root.
    const run = await site('-e', 'ocspbot_schedule=cron', '-e', 'ocspbot_user=root');
    expect([run.status, run.stderr]).toEqual([0, '']);
    const example = readFileSync(join(EXAMPLES, 'cron/ocspbot'), 'utf8');
    const minute = /^(\d+) /m.exec(sandbox.text(`${SERVER}/etc/cron.d/ocspbot`))?.[1];
    expect(Number(minute)).toBeLessThan(60);
    expect(sandbox.text(`${SERVER}/etc/cron.d/ocspbot`)).toBe(example.replace(/^17 /m, `${minute} `));
    expect(rightsOf(`${SERVER}/etc/cron.d/ocspbot`)).toBe('644 0:0');
    // The timer would run it too, as another user.
    expect(controller.calls()).toEqual(['disable ocspbot.timer', 'stop ocspbot.timer', 'daemon-reload']);
    expect(sandbox.list(`${SERVER}/etc/systemd/system`)).toEqual([]);
  });

  test('with systemd again', async () => {
    expect((await site()).status).toBe(0);
    expect(sandbox.list(`${SERVER}/etc/systemd/system`)).toEqual(['ocspbot.service', 'ocspbot.timer']);
    expect(sandbox.list(`${SERVER}/etc/cron.d`)).toEqual([]);
    // Without `ocspbot_readers`, everyone may read it.
    expect(rightsOf(`${SERVER}/etc/ocspbot.yaml`)).toBe('644 0:0');
  });
});

describe('what is wrong is told before anything is done', () => {
  const SERVICE = { domains: ['example.com'], reload: ['nginx'] };
  test.each<[string, object, string]>([
    ['a certificate of two services', { a: SERVICE, b: SERVICE }, 'each NAME once only'],
    ['no list', { a: { ...SERVICE, domains: 'example.com' } }, 'domains: [NAME, …]'],
    ['no units', { a: { domains: ['example.com'] } }, 'reload: [UNIT, …]'],
    [
      'a certificate that the controller does not have',
      { a: { ...SERVICE, domains: ['other.example'] } },
      'certificates/other.example/fullchain.pem',
    ],
  ])('%s', async (_, certificates, message) => {
    const run = await site('-e', JSON.stringify({ certificates }));
    expect(run.status).toBe(2);
    expect(run.stdout).toContain(message);
    expect(recapOf(run)[SERVER]).toMatchObject({ changed: 0, failed: 1 });
  });
});

describe('a fleet: one machine fetches, the others verify', () => {
  const fleet = makeController();
  afterAll(() => fleet.sandbox.dispose());
  const STAPLE_NAMES = NAMES.map((name) => `${name}.ocsp-resp`);
  const stapleOf = (host: string, name: string) => fleet.sandbox.read(`${host}/var/lib/ocsp/${name}`);

  test('the first run', async () => {
    pki.responder.reset();
    for (const name of NAMES) fleet.hold(name, pki.issue({ key: makeKey('p-256') }));
    const asked = pki.responder.requests.length;
    const run = await fleet.play('fleet.yml');
    expect([run.status, run.stderr]).toEqual([0, '']);
    for (const host of [FETCHER, SERVER]) expect(recapOf(run)[host]).toMatchObject({ failed: 0 });
    expect(pki.responder.requests).toHaveLength(asked + NAMES.length);
    for (const name of STAPLE_NAMES) expect(stapleOf(SERVER, name)).toEqual(stapleOf(FETCHER, name));
    expect(fleet.calls()).toEqual(['reload nginx', 'reload dovecot', 'reload exim4']);
  });

  test('the second run changes nothing', async () => {
    const before = [FETCHER, SERVER].map((host) => fleet.machine(host));
    const run = await fleet.play('fleet.yml');
    expect([run.status, run.stderr]).toEqual([0, '']);
    for (const host of [FETCHER, SERVER]) expect(recapOf(run)[host]).toMatchObject({ changed: 0, failed: 0 });
    expect([FETCHER, SERVER].map((host) => fleet.machine(host))).toEqual(before);
    expect(fleet.calls()).toEqual([]);
  });

  test('what is not a response for its certificate is not installed', async () => {
    const [name] = ['example.com.ocsp-resp'];
    const before = stapleOf(SERVER, name!);
    fleet.sandbox.write(`responses/${name}`, 'not a response');
    await fleet.play('fleet.yml', '--limit', SERVER);
    expect(stapleOf(SERVER, name!)).toEqual(before);
    expect(fleet.calls()).toEqual([]);
  });
});
