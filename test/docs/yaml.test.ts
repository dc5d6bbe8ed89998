import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { openTestPki } from '../command/support/test-pki.js';
import { EXAMPLES } from '../examples/support/machine.js';
import { blocksIn } from './support/markdown.js';
import { makeHost, README_CONFIGURATION } from './support/host.js';

const pki = openTestPki();
const blocks = blocksIn('yaml').map((block) => [block.key, block] as const);
/** Variables of the Ansible role. */
const ANSIBLE = 'docs/fleet.md: certificates:';

test('there are configurations in the documents, and the variables of the role', () => {
  const keys = blocks.map(([key]) => key);
  expect(keys.length).toBeGreaterThan(5);
  expect(keys).toContain(ANSIBLE);
});

describe('ocspbot accepts every configuration of the documents', () => {
  test.each(blocks.filter(([key]) => key !== ANSIBLE))('%s', async (_, { text }) => {
    const host = makeHost(pki);
    const keys = parse(text) as Readonly<Record<string, unknown>>;
    const { ocsp_folder, domains, services } = parse(README_CONFIGURATION) as Record<string, object>;
    // An excerpt is put into the configuration of the README.
    const isWhole = 'domains' in keys;
    const whole = isWhole ? text : JSON.stringify({ ocsp_folder, domains, ...merged(keys, services) });
    for (const file of ['internal-ca.pem', 'private-ca.pem'])
      host.write(`/etc/ssl/${file}`, pki.authority.intermediate.pem);
    for (const folder of ['/var/lib/prometheus/node-exporter', '/var/www/status', '/var/lib/ocsp-published'])
      host.write(`${folder}/.keep`, '');
    for (const program of ['nginx', 'systemctl']) host.stub(program, 'exit 0');
    const { bin } = host.machine;
    host.alias('/usr/sbin/nginx', `${bin}/nginx`);
    host.alias('/usr/bin/systemctl', `${bin}/systemctl`);
    host.write('/usr/local/bin/tell-us', '#!/bin/sh\n', 0o755);
    host.configure(whole);
    const run = await host.shell('ocspbot validate /etc/ocspbot.yaml');
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toContain('all is well');
  });

  function merged(keys: Readonly<Record<string, unknown>>, services: object | undefined) {
    return { ...keys, services: { ...services, ...(keys['services'] as object | undefined) } };
  }
});

test('the variables of Ansible are those of the inventory of the examples', () => {
  const text = readFileSync(join(EXAMPLES, 'ansible/inventory.yml'), 'utf8');
  const inventory = parse(text) as { tls_servers: { vars: { certificates: Services } } };
  const documented = parse(blocks.find(([key]) => key === ANSIBLE)?.[1].text ?? '') as {
    certificates: Services;
  };
  const example = inventory.tls_servers.vars.certificates;
  expect(Object.keys(documented.certificates)).toEqual(Object.keys(example));
  for (const [name, service] of Object.entries(documented.certificates))
    expect(example[name]).toMatchObject(service);
});

type Services = Readonly<Record<string, object>>;
