import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestPki } from '../../command/support/test-pki.js';
import { makeWorkspace, type Workspace } from '../../command/support/workspace.js';
import { COMMAND_SCRIPT, type Run } from '../../support/run.js';
import type { Sandbox } from '../../support/sandbox.js';

export const EXAMPLES = join(import.meta.dirname, '../../../examples');

/** Returns the path of a script of the examples, quoted for a shell. */
export const exampleScript = (name: string): string => `'${join(EXAMPLES, name)}'`;

/** A machine with the real ocspbot in its path, and a systemctl that only writes down what it was asked. */
export interface Machine {
  readonly workspace: Workspace;
  /** Absolute path of its configuration. */
  readonly configuration: string;
  /** Folder of programs. */
  readonly bin: string;
  /** Arguments of each call of systemctl. */
  calls(): string[];
  /** From here on `systemctl reload broken` succeeds. */
  repair(): void;
  /** Runs a command by /bin/sh, with the environment of cron and the given variables. */
  shell(command: string, environment?: Readonly<Record<string, string>>): Promise<Run>;
}

export function makeMachine(pki: TestPki): Machine {
  const workspace = makeWorkspace(pki);
  const { sandbox } = workspace;
  sandbox.write('bin/ocspbot', COMMAND_SCRIPT, 0o755);
  const log = stubSystemctl(sandbox, sandbox.path('ocsp'));
  const bin = sandbox.path('bin');
  return {
    workspace,
    configuration: sandbox.path('ocspbot.yaml'),
    bin,
    calls: () => readFileSync(log, 'utf8').split('\n').slice(0, -1),
    repair: () => void sandbox.write('repaired', ''),
    shell: async (command, environment = {}) => {
      const { exitCode, signal, stdout, stderr } = await execa('/bin/sh', ['-c', command], {
        cwd: sandbox.folder,
        env: { HOME: sandbox.folder, SHELL: '/bin/sh', PATH: `${bin}:/usr/bin:/bin`, ...environment },
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
        stripFinalNewline: false,
      });
      return { status: exitCode, signal, stdout, stderr };
    },
  };
}

/**
 * Writes a systemctl to `bin` that logs its calls and copies the staples of that moment. `systemctl reload broken` fails
 * until the file `repaired` exists. Every unit exists and is active, except timers that were not started.
 */
export function stubSystemctl(sandbox: Sandbox, staples: string): string {
  const log = sandbox.write('systemctl.log', '');
  const lines = [
    '#!/bin/sh',
    `runs() { case "$1" in *.timer) grep -qx "start $1" '${log}' ;; esac; }`,
    'case "$1" in',
    'show) runs "$2" && state=active || state=inactive; echo "LoadState=loaded\nActiveState=$state"; exit ;;',
    `is-enabled) grep -qx "enable $2" '${log}'; exit ;;`,
    'esac',
    `echo "$*" >>'${log}'`,
    `cp -rT '${staples}' '${sandbox.path('seen')}'`,
    `[ -e '${sandbox.path('repaired')}' ] && exit`,
    'case "$*" in *broken*) echo "Job for $2 failed." >&2; exit 1 ;; esac',
  ];
  sandbox.write('bin/systemctl', `${lines.join('\n')}\n`, 0o755);
  return log;
}

/** Statuses that a caller has to know, and the services that are then to be reloaded. */
export const STATUSES = [
  [0, []],
  [2, ['nginx']],
  [4, ['exim4']],
  [6, ['nginx', 'exim4']],
  [32, []],
  [34, ['nginx']],
  [78, []],
] as const;

export type Status = (typeof STATUSES)[number][0];

/** Makes the next run of the machine end with this status. */
export function prepareFor(status: Status, { workspace }: Machine, pki: TestPki): void {
  const staple = (isDue: boolean) => (isDue ? ('due' as const) : ('fresh' as const));
  const bits = status === 78 ? 0 : status;
  workspace.add('www.example', { staple: staple((bits & 2) !== 0), entry: { services: ['nginx'] } });
  workspace.add('mail.example', { staple: staple((bits & 4) !== 0), entry: { services: ['exim4'] } });
  if ((bits & 32) !== 0) {
    const { certificate } = workspace.add('bad.example', {
      staple: 'missing',
      entry: { services: ['nginx'] },
    });
    pki.responder.set('tryLater', certificate);
  }
  workspace.configure({ services: { nginx: { exit_bit: 2 }, exim4: { exit_bit: 4 } } });
  if (status === 78) workspace.sandbox.write('ocspbot.yaml', 'domains: 5\n');
}
