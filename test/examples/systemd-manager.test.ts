import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { require, requireProgram, requireRoot } from '../support/require.js';
import { makeSandbox } from '../support/sandbox.js';
import { EXAMPLES } from './support/machine.js';
import { valueOf } from './support/unit.js';

const MANAGER = '/usr/lib/systemd/systemd';

const NAMESPACES = ['--mount', '--pid', '--fork', '--cgroup', '--mount-proc', '--propagation', 'private'];

/** Statuses of ExecStart= and ExecStopPost=, and what systemd makes of the unit. */
const CASES = [
  [0, 0, 'inactive'],
  [2, 0, 'inactive'],
  [30, 0, 'inactive'],
  // A reload that failed.
  [2, 1, 'failed'],
  // Node.js could not run the program.
  [1, 0, 'failed'],
  [9, 1, 'failed'],
  [14, 1, 'failed'],
  // Something needs attention.
  [32, 0, 'failed'],
  [34, 0, 'failed'],
  [75, 0, 'failed'],
] as const;

test('a real systemd: a reload that fails, and an odd status, make the unit fail', async (context) => {
  requireRoot(context);
  requireProgram('systemctl', 'systemd', context);
  require(existsSync(MANAGER), `there is no ${MANAGER}`, context);
  const alone = await execa('unshare', [...NAMESPACES, 'true'], { reject: false });
  require(alone.exitCode === 0, `namespaces cannot be made here: ${alone.stderr}`, context);
  const sandbox = makeSandbox();
  const success = valueOf(
    'SuccessExitStatus',
    readFileSync(join(EXAMPLES, 'systemd/ocspbot.service'), 'utf8'),
  );
  for (const [main, post] of CASES) {
    const exit = (status: number) => `/bin/sh -c 'exit ${status}'`;
    const lines = [
      'Type=oneshot',
      `SuccessExitStatus=${success}`,
      `ExecStart=${exit(main)}`,
      `ExecStopPost=${exit(post)}`,
    ];
    sandbox.write(`units/t-${main}-${post}.service`, `[Service]\n${lines.join('\n')}\n`);
  }
  // A manager for a user, in namespaces with a /tmp and a /run of their own.
  const script = `
    mount --bind '${sandbox.folder}' /mnt
    mount -t tmpfs none /tmp && mount -t tmpfs none /run && mkdir -p -m 700 /run/user/0 && mkdir -p /run/systemd/system
    export XDG_RUNTIME_DIR=/run/user/0 HOME=/tmp SYSTEMD_UNIT_PATH=/mnt/units:
    ${MANAGER} --user >/tmp/log 2>&1 & manager=$!
    until [ -S /run/user/0/systemd/private ]; do kill -0 $manager || { cat /tmp/log; exit 1; }; sleep 0.1; done
    for unit in ${CASES.map(([main, post]) => `t-${main}-${post}`).join(' ')}; do
      systemctl --user start $unit.service 2>/dev/null
      echo "$unit $(systemctl --user show --value -p ActiveState $unit.service)"
    done
    kill $manager; wait $manager`;
  const { stdout } = await execa('unshare', [...NAMESPACES, 'sh', '-c', script], { reject: false });
  expect(stdout.split('\n').filter((line) => line.startsWith('t-'))).toEqual(
    CASES.map(([main, post, state]) => `t-${main}-${post} ${state}`),
  );
});
