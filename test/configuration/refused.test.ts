import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { SECTIONS } from '../../src/configuration/keys.js';
import type { Sandbox } from '../support/sandbox.js';
import { makeFolder, problemsOf } from './support/reading.js';

type Section = Record<string, unknown>;

/** No kind of value is like this. */
function refusedFor(key: string): unknown {
  return ['reload', 'test', 'command'].includes(key) ? {} : [[{}]];
}

/** Each file here makes a fault when a default stands for what was written. */
function makeMinefield(): Sandbox {
  const sandbox = makeFolder();
  for (const file of [
    // As they should be.
    'found/site.crt',
    'out/site.staple',
    'kept/.keep',
    // The defaults of folder, recursive, cert_mask and ocsp_mask find these. With chain masks the certificate is incomplete.
    'a.crt',
    'found/sub/site.crt',
    'found/b.pem',
    'out/site.ocsp-resp/.keep',
  ])
    sandbox.write(file, '');
  return sandbox;
}

/** A configuration without a fault, and its sections in the order of SECTIONS. */
function makeConfiguration(): { document: Section; sections: readonly Section[] } {
  const domain: Section = { cert: 'certs/a.pem', chain: 'certs/a-chain.pem', ocsp: 'a', services: ['web'] };
  const scan: Section = {
    folder: 'found',
    recursive: false,
    cert_mask: '{domain}.crt',
    chain_mask: null,
    rootchain_mask: null,
    ocsp_mask: '{domain}.staple',
  };
  const server: Section = { address: '127.0.0.1:443' };
  const service: Section = {
    exit_bit: 2,
    test: ['nginx', '-t'],
    reload: ['systemctl', 'reload', 'nginx'],
    live: [server],
  };
  const issuer: Section = { ocsp_responder_uri: 'http://ocsp.example.com' };
  const backups: Section = { folder: 'kept' };
  const http: Section = {};
  const kubernetes: Section = { namespaces: ['gateways'] };
  const notify: Section = { command: ['true'] };
  const ping: Section = { success: 'http://127.0.0.1/' };
  const document: Section = {
    ocsp_folder: 'out',
    make_backups: false,
    state_folder: 'state',
    services: { web: service, second: {}, third: {}, fourth: {}, fifth: { exit_bit: 2 } },
    domains: { a: domain, b: { ...domain, cert: 'certs/b.pem', ocsp: '../kept/a' } },
    scan_keys: [scan],
    issuers: { internal: issuer },
    backups,
    http,
    kubernetes,
    notify,
    ping,
  };
  const further = [backups, http, kubernetes, notify, ping];
  const sections = [document, domain, scan, service, server, issuer, ...further];
  return { document, sections };
}

test('the configuration itself has no fault', () => {
  const { document, sections } = makeConfiguration();
  delete document['issuers'];
  expect(sections).toHaveLength(SECTIONS.length);
  expect(problemsOf(makeMinefield(), stringify(document))).toEqual([]);
});

describe.each(SECTIONS.map(([place, keys], index) => [place, Object.keys(keys), index] as const))(
  'in %s',
  (_, keys, index) => {
    test.each(keys)('a refused "%s" is one problem: nothing is concluded from its default', (key) => {
      const { document, sections } = makeConfiguration();
      (sections[index] as Section)[key] = refusedFor(key);
      if (key !== 'issuers') completeIssuer(document);
      const problems = problemsOf(makeMinefield(), stringify(document, { aliasDuplicateObjects: false }));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(`"${key}"`);
    });
  },
);

/** An issuer needs a file that is a certificate, unless that is what was refused. */
function completeIssuer(document: Section): void {
  const issuers = document['issuers'] as Record<string, Section>;
  const issuer = issuers['internal'] as Section;
  if (issuer['cert'] !== undefined) return;
  if (Array.isArray(issuer['ocsp_responder_uri'])) issuer['cert'] = 'certs/a.pem';
  else delete document['issuers'];
}

test('a service that was refused is not unknown', () => {
  const { document } = makeConfiguration();
  delete document['issuers'];
  document['services'] = { web: ['nginx'] };
  expect(problemsOf(makeMinefield(), stringify(document))).toHaveLength(1);
});
