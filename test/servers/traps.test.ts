import { chmodSync, rmSync } from 'node:fs';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { requireRoot } from '../support/require.js';
import { stapledBy } from './support/client.js';
import { EXAMPLE_SERVERS } from './support/example-servers.js';
import type { Example } from './support/example-server.js';
import { makeExample } from './support/example.js';
import { until } from './support/until.js';

/** The traps that docs/servers.md and the examples warn of. */
const exampleOf = (name: string) => EXAMPLE_SERVERS.find((server) => server.name === name)!;

const staplesNothing = async ({ port, name, root }: Example): Promise<boolean> =>
  (await stapledBy(port, name, root)).length === 0;

it('nginx staples nothing without "ssl_stapling on", and does not look at the file', async (context) => {
  const example = await makeExample(exampleOf('nginx'), context);
  const file = 'etc/nginx/sites-enabled/example.com';
  const [before, line] = [example.sandbox.text(file), 'ssl_stapling on;'];
  expect(before).toContain(line);
  example.sandbox.write(file, before.replace(line, ''));
  await example.start();
  expect(await staplesNothing(example)).toBe(true);
});

it('nginx staples nothing for a certificate with a variable in its path', async (context) => {
  const example = await makeExample(exampleOf('nginx'), context);
  const file = 'etc/nginx/sites-enabled/example.com';
  const before = example.sandbox.text(file);
  const after = before.replaceAll(/(ssl_certificate(?:_key)? \S+)example\.com/g, '$1$ssl_server_name');
  expect(after).not.toBe(before);
  await example.refresh();
  example.sandbox.write(file, after);
  await example.start();
  expect(await staplesNothing(example)).toBe(true);
});

it('lighttpd ends at a reload when www-data cannot read its key', async (context) => {
  requireRoot(context);
  const example = await makeExample(exampleOf('lighttpd'), context);
  chmodSync(example.at('/etc/ssl/private/example.com.key'), 0o600);
  await example.refresh();
  const { log } = await example.start();
  // It listens before it handles signals: only a server that answers can be reloaded.
  expect(await staplesNothing(example)).toBe(false);
  await execa(example.at('/bin/systemctl'));
  await until('it has ended', async () => /example\.com\.key: Permission denied[^]*Going down/.test(log()));
});

it('Exim has no STARTTLS without its staple', async (context) => {
  const example = await makeExample(exampleOf('Exim'), context);
  rmSync(example.stapleFile, { force: true });
  await example.start();
  const address = `127.0.0.1:${example.ports[1]}`;
  const { all } = await execa('openssl', ['s_client', '-starttls', 'smtp', '-connect', address], {
    stdin: 'ignore',
    reject: false,
    all: true,
  });
  expect(all).toContain('no peer certificate available');
  expect(example.sandbox.text('var/spool/mainlog')).toContain(
    'gnutls_certificate_set_ocsp_status_request_file2',
  );
});
