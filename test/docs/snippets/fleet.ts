import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { TestPki } from '../../command/support/test-pki.js';
import type { Block } from '../support/markdown.js';
import { makeHost, README_CONFIGURATION } from '../support/host.js';
import type { SnippetTests } from './snippet-tests.js';

export const FLEET: SnippetTests = {
  'docs/fleet.md: rsync -a fetcher:/var/lib/ocsp/ /srv/staples/': installsFromAFetcher,
};

async function installsFromAFetcher({ text }: Block, pki: TestPki): Promise<void> {
  const host = makeHost(pki);
  host.configure(README_CONFIGURATION, { 'mail.example.com': 'fresh' });
  const name = 'example.com.ocsp-resp';
  expect((await host.shell('ocspbot /etc/ocspbot.yaml --only example.com')).status).toBe(2);
  const fetched = readFileSync(host.path(`/var/lib/ocsp/${name}`));
  host.machine.workspace.sandbox.write(`fetched/${name}`, fetched);
  await host.shell(`rm /var/lib/ocsp/${name}`);
  host.stub('rsync', 'mkdir -p "$3" && cp fetched/* "$3"');
  expect(await host.shell(text)).toMatchObject({ status: 2, stderr: '' });
  expect(readFileSync(host.path(`/var/lib/ocsp/${name}`))).toEqual(fetched);
}
