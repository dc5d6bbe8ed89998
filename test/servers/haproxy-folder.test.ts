import { execFileSync, spawnSync } from 'node:child_process';
import { expect, it, type TestContext } from 'vitest';
import { requireProgram } from '../support/require.js';
import { freePort } from '../support/port.js';
import { makeSite, type Site } from './support/site.js';

/** HAProxy loads every file of the folder, except hidden ones and those that end with .ocsp, .issuer, .sctl or .key. */
async function haproxyStarts(
  { sandbox }: Site,
  context: TestContext,
): Promise<[status: number | null, log: string]> {
  const program = requireProgram('haproxy', 'haproxy', context);
  const times = ['client', 'server', 'connect'].map((name) => `  timeout ${name} 5s\n`).join('');
  const bind = `bind 127.0.0.1:${await freePort()} ssl crt ${sandbox.path('crt')}`;
  const text = `defaults\n  mode http\n${times}frontend site\n  ${bind}\n  http-request return status 200\n`;
  const { status, stdout, stderr } = spawnSync(program, ['-c', '-f', sandbox.write('haproxy.cfg', text)], {
    encoding: 'utf8',
  });
  return [status, stdout + stderr];
}

async function siteWithFolder(keys: Readonly<Record<string, unknown>>): Promise<Site> {
  const site = await makeSite();
  site.sandbox.write('crt/site.pem', site.sandbox.read('site.pem'), 0o600);
  const cert = site.sandbox.path('crt/site.pem');
  const domains = { [site.name]: { cert, ocsp: 'site.pem.ocsp' } };
  site.sandbox.writeConfiguration({ ocsp_folder: 'crt', make_backups: true, ...keys, domains });
  return site;
}

it('HAProxy starts with its folder of certificates after refreshes with backups, and beside files of dead runs', async (context) => {
  const site = await siteWithFolder({});
  const { sandbox } = site;
  for (let refresh = 0; refresh < 3; refresh++) await site.refresh();
  // As a run of this version leaves it when it is killed, and backups of an earlier version.
  sandbox.write('crt/.site.pem.ocsp.ocspbot-00000000-1-0123456789abcdef.tmp', 'half');
  expect(await haproxyStarts(site, context)).toMatchObject([0, expect.anything()]);
  sandbox.write('crt/site.pem.ocsp-20260101-120000', sandbox.read('crt/site.pem.ocsp'));
  expect(await haproxyStarts(site, context)).toMatchObject([1, expect.anything()]);
  await site.refresh();
  expect(await haproxyStarts(site, context)).toMatchObject([0, expect.anything()]);
  const visible = sandbox.list('crt').filter((name) => !name.startsWith('.'));
  expect(visible).toEqual(['site.pem', 'site.pem.ocsp']);
});

it('validate warns of what somebody sends to a folder of certificates, by whichever name', async () => {
  const site = await siteWithFolder({});
  const { sandbox } = site;
  execFileSync('ln', ['-s', 'crt', sandbox.path('link')]);
  expect(await site.run('validate', 'ocspbot.yaml')).toMatchObject({
    status: 0,
    stderr: expect.not.stringContaining('crt FOLDER'),
  });
  for (const [key, keys] of [
    ['backups.folder', { backups: { folder: 'link' } }],
    ['state_folder', { state_folder: 'crt' }],
    ['output_log', { output_log: 'crt/ocspbot.log' }],
    ['error_log', { error_log: 'link/ocspbot.log' }],
  ] as const) {
    const cert = sandbox.path('crt/site.pem');
    const domains = { [site.name]: { cert, ocsp: 'site.pem.ocsp' } };
    sandbox.writeConfiguration({ ocsp_folder: 'crt', ...keys, domains });
    const { status, stderr } = await site.run('validate', 'ocspbot.yaml');
    expect(status).toBe(0);
    expect(stderr).toContain(`warning: "${key}" leads to `);
    expect(stderr).toContain('"crt FOLDER"');
  }
});
