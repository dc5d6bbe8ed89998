import { expect, test } from 'vitest';
import { readConfiguration } from '../../src/configuration/read.js';
import { openInspection } from '../../src/run/inspect.js';
import { openInventory } from '../../src/run/reloads.js';
import { NOW, realTools } from '../installation/support/tools.js';
import { makeAuthority, makeResponse, type TestCertificate } from '../support/ca.js';
import { makeSandbox } from '../support/sandbox.js';

const DAY = 86_400_000;
const authority = makeAuthority({ ocspUrls: ['http://ocsp.example/'] });

function response(certificate: TestCertificate, from: number): Uint8Array {
  const times = { thisUpdate: NOW + from, nextUpdate: NOW + from + 3 * DAY };
  return makeResponse({ issuer: authority.intermediate, certificate, ...times });
}

/** A certificate whose response is not there gets one, and is given it, later. That of the others may be needed now. */
test('of the responses of a service those are withheld that are there, but cannot be used now', () => {
  const sandbox = makeSandbox();
  const entryOf = (name: string, staple: ((certificate: TestCertificate) => Uint8Array) | undefined) => {
    const certificate = authority.issue();
    if (staple !== undefined) sandbox.write(`ocsp/${name}.ocsp`, staple(certificate));
    return { ...sandbox.writeCertificate(name, certificate), services: 'web' };
  };
  sandbox.write('ocsp/.keep', '');
  const domains = {
    good: entryOf('good', (certificate) => response(certificate, -DAY)),
    absent: entryOf('absent', undefined),
    expired: entryOf('expired', (certificate) => response(certificate, -4 * DAY)),
    ahead: entryOf('ahead', (certificate) => response(certificate, DAY)),
    text: entryOf('text', () => Buffer.from('hello')),
    broken: entryOf('broken', (certificate) => response(certificate, -DAY)),
    other: { ...entryOf('other', () => Buffer.from('hello')), services: [] },
  };
  sandbox.remove('broken/cert.pem');
  const file = sandbox.writeConfiguration({ ocsp_folder: 'ocsp', services: { web: {} }, domains });
  const own = { environment: {}, workingFolder: sandbox.folder, relieveMemory: () => undefined };
  const tools = { ...realTools(), ...own };
  const configuration = readConfiguration(file, tools);
  const inventory = openInventory(openInspection(configuration, { now: NOW, earliest: 0 }, tools));
  const web = configuration.services.find(({ name }) => name === 'web');
  const names = (chosen: ReadonlySet<string> | undefined) => {
    const { responses, withheld } = inventory.installedFor(web!, chosen);
    return [responses.map(({ name }) => name), withheld];
  };
  expect(names(undefined)).toEqual([['good'], ['expired', 'ahead', 'text', 'broken']]);
  expect(names(new Set(['good', 'absent']))).toEqual([['good'], []]);
  sandbox.dispose();
});
