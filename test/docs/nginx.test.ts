import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { nginxConfiguration } from '../servers/support/nginx.js';
import { freePort } from '../support/port.js';
import { keyToPem } from '../support/ca.js';
import { requireProgram } from '../support/require.js';
import { blocksIn } from './support/markdown.js';
import { makeHost, README_CONFIGURATION } from './support/host.js';

const pki = openTestPki();

describe('nginx accepts what the documents say, once ocspbot has run', () => {
  const blocks = blocksIn('nginx').map((block) => [block.key, block] as const);
  test.for(blocks)('%s', async ([, { text }], context) => {
    const nginx = requireProgram('nginx', 'nginx-light', context);
    const host = makeHost(pki);
    const { sandbox } = host.machine.workspace;
    host.configure(README_CONFIGURATION);
    host.write('/etc/ssl/private/example.com.key', keyToPem(host.certificate('example.com').key));
    host.alias('listen 443', `listen 127.0.0.1:${await freePort()}`);
    const configuration = sandbox.write('nginx.conf', nginxConfiguration(sandbox, host.placed(text)));
    const check = () =>
      execa(nginx, ['-t', '-p', sandbox.folder, '-e', 'stderr', '-c', configuration], { reject: false });
    const before = await check();
    expect(before.exitCode).not.toBe(0);
    expect(before.stderr).toContain('example.com.ocsp-resp');
    await host.shell('ocspbot /etc/ocspbot.yaml');
    expect(await check()).toMatchObject({ exitCode: 0 });
  });
});
