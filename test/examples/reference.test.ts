import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Configuration } from '../../src/configuration/model.js';
import { SECTIONS } from '../../src/configuration/keys.js';
import { readConfiguration } from '../../src/configuration/read.js';
import { DEFAULTS } from '../../src/util/limits.js';
import { nodeFiles } from '../../src/system/files.js';
import { relieveMemory } from '../../src/system/memory.js';
import { makeCertificate } from '../support/ca.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

const TEXT = readFileSync(join(import.meta.dirname, '../../examples/reference.yaml'), 'utf8');

const CA = makeCertificate({ subject: 'Internal CA', ca: true });

interface Shape {
  readonly domains: Readonly<Record<string, object>>;
  readonly scan_keys: readonly object[];
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly issuers: Readonly<Record<string, object>>;
  readonly backups: object;
  readonly http: object;
  readonly kubernetes: object;
  readonly notify: object;
  readonly ping: object;
}

/** The sections of the file in the order of SECTIONS. */
function sectionsOf(document: Shape): object[] {
  const { domains, scan_keys: scans, services, issuers, backups, http, kubernetes, notify, ping } = document;
  const service = Object.assign({}, ...Object.values(services)) as object;
  const live = Object.values(services).flatMap((one) => one['live']);
  const server = Object.assign({}, ...live.filter((one) => typeof one === 'object')) as object;
  return [
    document,
    domains['example.com'] ?? {},
    scans[0] ?? {},
    service,
    server,
    issuers['internal'] ?? {},
    backups,
    http,
    kubernetes,
    notify,
    ping,
  ];
}

function readIn(sandbox: Sandbox, text: string) {
  const certificates = ['certs/example.com', 'found/a'].flatMap((name) => [
    `${name}.pem`,
    `${name}-chain.pem`,
    `${name}-rootchain.pem`,
  ]);
  for (const file of certificates) sandbox.write(file, 'not read here');
  for (const name of ['responder', 'private-ca', 'internal-ca']) sandbox.write(`certs/${name}.pem`, CA.pem);
  for (const folder of ['staples', 'backups', 'logs', 'conf.d', 'published'])
    sandbox.write(`${folder}/.keep`, '');
  sandbox.write('reference.yaml', text);
  return readConfiguration(sandbox.path('reference.yaml'), {
    files: nodeFiles,
    environment: {},
    workingFolder: '/',
    relieveMemory,
  });
}

function withoutPlaces(configuration: Configuration): object {
  const entries = configuration.entries.map((entry) => ({ ...entry, position: undefined }));
  return { ...configuration, entries };
}

test('the reference shows every key there is, and no other', () => {
  const shown = sectionsOf(parse(TEXT) as Shape).map((section) => Object.keys(section).sort());
  expect(shown).toEqual(SECTIONS.map(([, keys]) => Object.keys(keys).sort()));
});

test('the reference is a configuration', () => {
  const { entries, backups, warnings, defects } = readIn(makeSandbox(), TEXT);
  expect(entries.map(({ name }) => name).sort()).toEqual(['a', 'example.com']);
  expect(backups).toMatchObject({ kind: 'on', keep: DEFAULTS.backupsKept });
  expect(warnings).toEqual([]);
  expect(defects).toEqual([]);
});

test('what it calls a default is one', () => {
  const sandbox = makeSandbox();
  // The default values apply when the lines that show them are removed.
  const lines = TEXT.split('\n').filter((line) => !/# default( *$|;|:? GET)/.test(line));
  const bare = readIn(sandbox, lines.join('\n'));
  const full = readIn(sandbox, TEXT);
  expect(lines.length).toBeLessThan(TEXT.split('\n').length - 15);
  expect(withoutPlaces(bare)).toEqual(withoutPlaces(full));
});
