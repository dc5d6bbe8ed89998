import type { TestContext } from 'vitest';
import { expect, test } from 'vitest';
import { keyToPem } from '../support/ca.js';
import { requireProgram } from '../support/require.js';
import { COMMAND_SCRIPT } from '../support/run.js';
import { blockWith } from '../docs/support/markdown.js';
import { askWithOpenssl, stapledBy } from './support/client.js';
import { freePort } from '../support/port.js';
import { listensOn, startServer } from './support/server.js';
import { makeSite, type Site } from './support/site.js';
import { until } from './support/until.js';

/** The script of docs/servers.md, which finds this program as `ocspbot`. */
function writeScript({ sandbox }: Site): string {
  sandbox.write('bin/ocspbot', COMMAND_SCRIPT, 0o755);
  const { text } = blockWith('docs/servers.md', 'sh', 'ocspbot fetch');
  const path = `PATH=${sandbox.path('bin')}:$PATH`;
  return sandbox.write('fetch-staple', text.replace('#!/bin/sh\n', `#!/bin/sh\n${path}\n`), 0o755);
}

const SERVERS: readonly (readonly [
  name: string,
  start: (site: Site, port: number, context: TestContext) => readonly [string, ...string[]],
])[] = [
  [
    'nghttpx',
    (site, port, context) => [
      requireProgram('nghttpx', 'nghttp2-proxy', context),
      ...[`--frontend=127.0.0.1,${port}`, '--backend=127.0.0.1,1', '--ocsp-startup', '--conf=/dev/null'],
      ...[`--fetch-ocsp-response-file=${writeScript(site)}`, `--cacert=${site.rootFile}`],
      ...[site.sandbox.path('site.key'), site.combinedFile],
    ],
  ],
  [
    'h2o',
    (site, port, context) => {
      const program = requireProgram('h2o', 'h2o', context);
      const user = process.geteuid?.() === 0 ? 'user: root\n' : '';
      const configuration = site.sandbox.write(
        'h2o.conf',
        `${user}listen:
  host: 127.0.0.1
  port: ${port}
  ssl:
    certificate-file: ${site.combinedFile}
    key-file: ${site.sandbox.path('site.key')}
    ocsp-update-cmd: ${writeScript(site)}
hosts:
  default:
    paths:
      /:
        file.dir: ${site.sandbox.folder}
`,
      );
      return [program, '-m', 'worker', '-c', configuration];
    },
  ],
];

test.for(SERVERS)('%s staples what "ocspbot fetch" writes', async ([name, commandFor], context) => {
  const site = await makeSite();
  site.sandbox.write('site.key', keyToPem(site.certificate.key), 0o600);
  const port = await freePort();
  const server = await startServer(commandFor(site, port, context), listensOn(port));
  await until('it staples', async () => (await stapledBy(port, site.name, site.root)).length > 0);
  const text = await askWithOpenssl(port, site.name, site.rootFile);
  expect(text, server.log()).toContain('Cert Status: good');
  expect(text).toContain(`Serial Number: ${site.certificate.serialHex}`);
  console.log(`${name}:\n${text.match(/OCSP Response Data:.*?Next Update:[^\n]*/s)?.[0] ?? ''}`);
});
