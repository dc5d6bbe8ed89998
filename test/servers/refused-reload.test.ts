import { writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { EXAMPLE_SERVERS } from './support/example-servers.js';
import { makeExample } from './support/example.js';
import { staples } from './support/stapling.js';
import { until } from './support/until.js';

/** The servers that do not start with it; what they log. */
it.for([
  ['nginx', '/bin/systemctl', /\[emerg\].*d2i_OCSP_RESPONSE_bio/],
  ['hitch', '/bin/systemctl', /Config reload failed/],
  ['dnsdist', '/bin/reload', /Error reloading certificates/],
] as const)(
  '%s refuses a reload with a file that is not a response, and serves the old one',
  async ([name, reload, refusal], context) => {
    const server = EXAMPLE_SERVERS.find((one) => one.name === name)!;
    const example = await makeExample(server, context);
    example.sandbox.write(
      'bin/reload',
      `#!/bin/sh\n${example.at('/bin/dnsdist')} -c -e 'reloadAllCertificates()'\n`,
      0o755,
    );
    await example.refresh();
    const old = example.staple();
    const { log } = await example.start();
    const ask = async () => (await execa(example.at(reload), { reject: false })).exitCode === 0;
    // A server that listens may still read its files, and the console of dnsdist opens last.
    await until('it takes the command', ask);
    writeFileSync(example.stapleFile, 'not a response');
    await until('it has refused', async () => (await ask()) && refusal.test(log()));
    expect(await staples(example, example.port, old)).toBe(true);
  },
);
