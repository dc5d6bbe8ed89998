import { expect } from 'vitest';
import { askWithOpenssl, stapledBy } from './client.js';
import type { Site } from './site.js';
import { until } from './until.js';

/** The server on the port staples the good response in the site's file, octet for octet: once its old workers have gone. */
export async function expectStapled(site: Site, port: number): Promise<void> {
  const text = await askWithOpenssl(port, site.name, site.rootFile);
  expect(text).toContain('OCSP Response Status: successful (0x0)');
  expect(text).toContain('Cert Status: good');
  expect(text).toContain(`Serial Number: ${site.certificate.serialHex}`);
  expect(text).toContain('Verify return code: 0 (ok)');
  await until('the response of the file is stapled', () => staples(site, port, site.staple()));
}

export async function staples(site: Site, port: number, response: Uint8Array): Promise<boolean> {
  return Buffer.compare(await stapledBy(port, site.name, site.root), response) === 0;
}

/** Installs a newer response; the server goes on with the old one until it is told, and then has the new one. */
export async function expectNewAfter(site: Site, port: number, reload: () => Promise<void>): Promise<void> {
  const old = site.staple();
  await site.refreshWithNewer();
  expect(site.staple()).not.toEqual(old);
  expect(await staples(site, port, old)).toBe(true);

  await reload();
  await expectStapled(site, port);
}
