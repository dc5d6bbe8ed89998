import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { makeAuthority } from '../support/ca.js';
import { byExtent, CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { makeManyCertificates } from '../support/many-certificates.js';
import { PROGRAM } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

const COUNT = byExtent({ sample: 1000, long: 2000, all: 10_000 });

/** Prints the CPU time of a process at its end, on standard error. */
const CLOCK = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').writeSync(2, 'cpu ' + (user + system) + '\\n');
});`;

/** Runs the program. Returns its CPU time in microseconds, and its output. */
function measure(
  sandbox: Sandbox,
  args: readonly string[],
): { readonly cpu: number; readonly stdout: string } {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', sandbox.path('clock.cjs'), PROGRAM, ...args],
    { cwd: sandbox.folder, encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  return { cpu: Number(/^cpu (\d+)$/m.exec(stderr)?.[1]), stdout };
}

const IDLE = ['ocspbot.yaml', '--quiet'];
const SHOWN = [['status'], ['status', '--json'], ['check']];

/** Other programs make a run dearer, never cheaper. So the least of several runs counts, and a busy machine gets more of them. */
const ROUNDS = { least: 3, most: 20 };

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
    let idle = Infinity;
    const shown = SHOWN.map((args) => ({ args, cpu: Infinity }));
    const dear = () => shown.filter(({ cpu }) => !(cpu / idle < 1.2));
    for (let round = 0; round < ROUNDS.least || (dear().length > 0 && round < ROUNDS.most); round++) {
      idle = Math.min(idle, measure(sandbox, IDLE).cpu);
      for (const one of shown) {
        const { cpu, stdout } = measure(sandbox, one.args);
        expect(stdout).toContain(String(COUNT));
        one.cpu = Math.min(one.cpu, cpu);
      }
    }
    expect(dear().map(({ args, cpu }) => `${args.join(' ')}: ${cpu / idle}`)).toEqual([]);
  },
  CAMPAIGN_TIMEOUT,
);
