import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { makeAuthority } from '../support/ca.js';
import { byExtent, CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { makeManyCertificates } from '../support/many-certificates.js';
import { PROGRAM } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

const COUNT = byExtent({ sample: 1000, long: 10_000, all: 10_000 });

/** Prints the CPU time of a process at its end, on standard error. */
const CLOCK = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').writeSync(2, 'cpu ' + (user + system) + '\\n');
});`;

/** Returns the least CPU time of three runs in microseconds, and the output of the last. */
function measure(sandbox: Sandbox, ...args: string[]): { readonly cpu: number; readonly stdout: string } {
  const runs = [1, 2, 3].map(() =>
    spawnSync(process.execPath, ['--require', sandbox.path('clock.cjs'), PROGRAM, ...args], {
      cwd: sandbox.folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    }),
  );
  const times = runs.map(({ stderr }) => Number(/^cpu (\d+)$/m.exec(stderr)?.[1]));
  return { cpu: Math.min(...times), stdout: runs[2]?.stdout ?? '' };
}

test(
  `${COUNT} certificates are shown in 1.2 times of a run with nothing to do`,
  () => {
    const sandbox = makeSandbox();
    const authority = makeAuthority({ name: 'Estate' });
    const now = Date.now();
    sandbox.write('certs/issuer.crt', authority.intermediate.pem);
    sandbox.write('certs/root.crt', authority.root.pem);
    const ocspUrl = 'http://127.0.0.1:1/';
    for (const { name, certificate, response } of makeManyCertificates({
      count: COUNT,
      authority,
      ocspUrl,
      now,
    })) {
      sandbox.write(`certs/${name}.pem`, certificate.pem);
      sandbox.write(`staples/${name}.ocsp-resp`, response);
    }
    sandbox.writeConfiguration({
      ocsp_folder: 'staples',
      scan_keys: [{ folder: 'certs', chain_mask: 'issuer.crt', rootchain_mask: 'root.crt' }],
    });
    sandbox.write('clock.cjs', CLOCK);
    const idle = measure(sandbox, 'ocspbot.yaml', '--quiet');
    for (const args of [['status'], ['status', '--json'], ['check']]) {
      const { cpu, stdout } = measure(sandbox, ...args);
      expect(stdout).toContain(String(COUNT));
      expect(cpu / idle.cpu, args.join(' ')).toBeLessThan(1.2);
    }
  },
  CAMPAIGN_TIMEOUT,
);
