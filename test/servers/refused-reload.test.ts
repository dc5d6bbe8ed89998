import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EXAMPLE_SERVERS } from './support/example-servers.js';
import { makeExample } from './support/example.js';
import { staples } from './support/stapling.js';
import { until } from './support/until.js';

function succeeds(command: string): boolean {
  try {
    execFileSync(command, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The servers that do not start with it; what they log. */
it.for([
  ['nginx', '/bin/systemctl', /\[emerg\].*d2i_OCSP_RESPONSE_bio/],
  ['hitch', '/bin/systemctl', /Config reload failed/],
  ['dnsdist', '/bin/reload', /Error reloading certificates/],
] as const)(
  '%s refuses a reload with a file that is no response, and serves the old one',
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
    writeFileSync(example.stapleFile, 'not a response');
    // The console of dnsdist opens after its ports.
    await until('it takes the command', async () => succeeds(example.at(reload)));
    await until('it has refused', async () => refusal.test(log()));
    expect(await staples(example, example.port, old)).toBe(true);
  },
);
