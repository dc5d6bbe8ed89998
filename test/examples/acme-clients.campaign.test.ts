import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { outcomesOf, reportOf } from '../command/support/report.js';
import { freePort } from '../support/port.js';
import { requireProgram } from '../support/require.js';
import { startResponder, type Responder } from '../support/responder.js';
import type { Run } from '../support/run.js';
import { EXAMPLES, makeMachine, type Machine } from './support/machine.js';
import { startPebble, type AcmeServer } from './support/pebble.js';

// Real ACME clients renew real certificates, and call the hooks of the examples.

const pki = openTestPki();
const NAMES = ['a.example', 'b.example'] as const;

interface Site {
  readonly machine: Machine;
  readonly acme: AcmeServer;
  readonly responder: Responder;
  /** Path of a folder or file in the sandbox. */
  path(name: string): string;
  /** Installs a hook of the examples, and returns its path. */
  hook(name: string, path?: string): string;
  /** Has ocspbot look after these certificates, and fetch the first staples. */
  lookAfter(certificates: Readonly<Record<string, string>>): Promise<void>;
  /** Runs a client as cron does. */
  client(command: string): Promise<Run>;
}

async function openSite(context: TestContext): Promise<Site> {
  const pebble = requireProgram('pebble', 'pebble', context);
  const machine = makeMachine(pki);
  const { sandbox } = machine.workspace;
  const port = await freePort();
  const ocspUrl = `http://127.0.0.1:${port}/`;
  const acme = await startPebble(pebble, sandbox, { authority: pki.authority, ocspUrl });
  const responder = await startResponder({ issuers: [acme.issuer], port });
  onTestFinished(() => responder.close());
  mkdirSync(sandbox.path('ocsp'), { recursive: true });
  const hook = (name: string, path = `lib/${name}`) => {
    const text = readFileSync(join(EXAMPLES, 'hooks', name), 'utf8');
    return sandbox.write(path, text.replaceAll('/usr/local/lib/ocspbot', sandbox.path('lib')), 0o755);
  };
  hook('deploy');
  return {
    machine,
    acme,
    responder,
    path: (name) => sandbox.path(name),
    hook,
    lookAfter: async (certificates) => {
      const domains = Object.entries(certificates).map(([name, cert]) => [
        name,
        { cert: sandbox.path(cert), ocsp: `${name}.ocsp`, services: ['nginx'] },
      ]);
      const services = { nginx: {} };
      const keys = { ocsp_folder: sandbox.path('ocsp'), services, domains: Object.fromEntries(domains) };
      sandbox.write('ocspbot.yaml', stringify(keys));
      expect((await machine.shell('ocspbot ocspbot.yaml --quiet')).status).toBe(2);
    },
    client: (command) =>
      machine.shell(command, {
        OCSPBOT_CONFIG: machine.configuration,
        OCSPBOT_WAITS: '0 0',
        OCSPBOT_DEFAULTS: '/nowhere',
        REQUESTS_CA_BUNDLE: acme.caFile,
        LEGO_CA_CERTIFICATES: acme.caFile,
      }),
  };
}

/** Expects that the staples of the renewed certificates were there when a server was reloaded. */
async function expectStapled({ machine }: Site): Promise<void> {
  const { sandbox } = machine.workspace;
  for (const file of sandbox.list('ocsp').filter((name) => name.endsWith('.ocsp')))
    expect(sandbox.read(`seen/${file}`)).toEqual(sandbox.read(`ocsp/${file}`));
  const run = await machine.shell('ocspbot ocspbot.yaml --json');
  const outcomes = Object.values(outcomesOf(reportOf(run)));
  expect([run.status, outcomes.filter((one) => !one.startsWith('unchanged'))]).toEqual([0, []]);
}

test('certbot renews two lineages, and each has its staple before the server is reloaded', async (context) => {
  const certbot = requireProgram('certbot', 'certbot', context);
  const site = await openSite(context);
  const folders = ['config', 'work', 'logs'].map((name) => `--${name}-dir ${site.path(`certbot/${name}`)}`);
  const run = (args: string) => site.client(`${certbot} ${args} --non-interactive ${folders.join(' ')}`);
  const http = `--standalone --http-01-port ${await freePort()} --server ${site.acme.directory}`;
  for (const name of NAMES)
    expect(
      await run(`certonly ${http} --agree-tos --register-unsafely-without-email --domain ${name}`),
    ).toMatchObject({ status: 0 });
  const live = NAMES.map((name) => [name, `certbot/config/live/${name}/fullchain.pem`]);
  await site.lookAfter(Object.fromEntries(live) as Record<string, string>);
  site.hook('certbot-deploy', 'certbot/config/renewal-hooks/deploy/ocspbot');
  const renewed = await run('renew --force-renewal --no-random-sleep-on-renew');
  expect(renewed).toMatchObject({ status: 0, stderr: expect.not.stringContaining('Hook') });
  expect(site.machine.calls()).toEqual(['reload nginx', 'reload nginx']);
  await expectStapled(site);
});

test('dehydrated gets the second certificate though the first has no staple yet', async (context) => {
  const dehydrated = requireProgram('dehydrated', 'dehydrated', context);
  const site = await openSite(context);
  const { sandbox } = site.machine.workspace;
  mkdirSync(sandbox.path('dehydrated/challenges'), { recursive: true });
  sandbox.write('dehydrated/domains.txt', NAMES.map((name) => `${name}\n`).join(''));
  const settings = {
    CA: site.acme.directory,
    BASEDIR: site.path('dehydrated'),
    WELLKNOWN: site.path('dehydrated/challenges'),
    CURL_OPTS: `--cacert ${site.acme.caFile}`,
    HOOK: site.hook('dehydrated'),
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}="${value}"\n`);
  const file = sandbox.write('dehydrated/config', lines.join(''));
  const run = (args: string) => site.client(`${dehydrated} --config ${file} ${args}`);
  expect(await run('--register --accept-terms')).toMatchObject({ status: 0 });
  mkdirSync(site.path('dehydrated/certs'));
  const masks = { cert_mask: '{domain}/fullchain.pem', chain_mask: null, rootchain_mask: null };
  const scan = { folder: site.path('dehydrated/certs'), ...masks, services: ['nginx'] };
  const keys = { ocsp_folder: site.path('ocsp'), services: { nginx: {} }, scan_keys: [scan] };
  sandbox.write('ocspbot.yaml', stringify(keys));

  site.responder.set('unauthorized');
  const renewed = await run('--cron');
  expect(renewed.status).toBe(0);
  const modeOf = (file: string) => statSync(site.path(`dehydrated/certs/${file}.pem`)).mode & 0o777;
  for (const name of NAMES) {
    expect(renewed.stderr).toContain(`there is no staple for the new ${name} `);
    expect([modeOf(`${name}/fullchain`), modeOf(`${name}/privkey`)]).toEqual([0o644, 0o600]);
  }
  expect(site.machine.calls()).toEqual([]);
  site.responder.set('good');
  const next = await site.machine.shell('ocspbot ocspbot.yaml --json');
  expect([next.status, reportOf(next).reload]).toEqual([2, ['nginx']]);
  expect(Object.keys(outcomesOf(reportOf(next)))).toEqual(NAMES);
});

test('lego renews a certificate by the hook of its command line', async (context) => {
  const lego = requireProgram('lego', 'lego', context);
  const site = await openSite(context);
  const options = [
    `--path ${site.path('lego')} --server ${site.acme.directory} --email admin@a.example --accept-tos`,
    `--domains a.example --http --http.port 127.0.0.1:${await freePort()}`,
  ];
  const run = (args: string) => site.client(`${lego} ${options.join(' ')} ${args}`);
  expect(await run('run')).toMatchObject({ status: 0 });
  await site.lookAfter({ 'a.example': 'lego/certificates/a.example.crt' });
  const hook = `${site.path('lib/deploy')} a.example`;
  expect(await run(`renew --days 9999 --no-random-sleep --renew-hook '${hook}'`)).toMatchObject({
    status: 0,
  });
  expect(site.machine.calls()).toEqual(['reload nginx']);
  await expectStapled(site);
});
