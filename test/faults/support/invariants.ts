import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Run } from '../../support/run.js';
import type { Sandbox } from '../../support/sandbox.js';
import type { Scenario, Target } from './scenario.js';

/** The file in the place of a staple. */
export type TargetState = 'old' | 'new' | 'nothing' | 'something else';

export function targetState({ path, old, new: installed }: Target, sandbox: Sandbox): TargetState {
  if (!sandbox.exists(path)) return 'nothing';
  const bytes = Buffer.from(sandbox.read(path));
  if (bytes.equals(installed)) return 'new';
  return old !== undefined && bytes.equals(old) ? 'old' : 'something else';
}

/** Checks what must hold at any time, after any fault. Returns each violation in words. */
export function violationsAtAnyTime({ targets }: Scenario, sandbox: Sandbox, before: Files): string[] {
  return targets.flatMap((target) => {
    const states = targetState(target, sandbox);
    const isWrong = states === 'something else' || (states === 'nothing' && target.old !== undefined);
    const known = new Set([...before.values(), target.new].map(toText));
    const strange = backupsOf(target, filesOf(sandbox)).filter(([, bytes]) => !known.has(toText(bytes)));
    return [
      ...(isWrong ? [`${target.path} is ${states}`] : []),
      ...strange.map(([name]) => `${name} is not a backup of anything`),
    ];
  });
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

export type Files = ReadonlyMap<string, Uint8Array>;

/** Returns all files of a sandbox by their paths, without links. */
export function filesOf(sandbox: Sandbox): Files {
  const files = Object.entries(sandbox.snapshot()).flatMap(([path, { kind, content }]) =>
    kind === 'file' ? [[path, Buffer.from(content ?? '', 'base64')] as const] : [],
  );
  return new Map(files);
}

function backupsOf({ path }: Target, files: Files): [string, Uint8Array][] {
  const pattern = new RegExp(
    `^${basename(path).replaceAll('.', '\\.')}(\\.[0-9a-f]{12})?-\\d{8}-\\d{6}(-\\d+)?$`,
  );
  return [...files].filter(([name]) => pattern.test(basename(name)) && dirname(name) !== 'given');
}

/** Checks that the next run has installed everything and has removed all traces of the fault. */
export function violationsAfterNextRun(scenario: Scenario, sandbox: Sandbox): string[] {
  const files = filesOf(sandbox);
  const left = [...files.keys()].filter((path) => path.endsWith('.tmp'));
  const keepsBackups = sandbox.text('ocspbot.yaml').includes('backups');
  return [
    ...left.map((path) => `${path} is left over`),
    ...scenario.targets.flatMap((target) => {
      const states = targetState(target, sandbox);
      const unkept =
        keepsBackups &&
        states === 'new' &&
        target.old !== undefined &&
        !backupsOf(target, files).some(([, bytes]) => Buffer.from(bytes).equals(target.old ?? Buffer.of()));
      return [
        ...(scenario.next.installs && states !== 'new'
          ? [`the next run has left ${target.path} ${states}`]
          : []),
        ...(unkept ? [`of the old ${target.path} there is no backup`] : []),
      ];
    }),
  ];
}

/** Returns the exit bits of the services whose staples have changed. */
export function changedBits({ targets }: Scenario, sandbox: Sandbox): number {
  const initial = ({ old }: Target): TargetState => (old === undefined ? 'nothing' : 'old');
  const changed = targets.filter((target) => targetState(target, sandbox) !== initial(target));
  return changed.reduce((sum, { bit }) => sum | bit, 0);
}

/** Returns the exit bits of the status. A killed run, or one that changed nothing, reports none. */
export function reportedBits({ status }: Pick<Run, 'status'>): number {
  return status === undefined || status > 63 ? 0 : status & 30;
}

/**
 * Returns the exit bits in the last line of a killed run. It may have removed these reloads already, since no program
 * can end with a status and record that in one step.
 */
export function bitsInLastLine({ signal, stdout }: Pick<Run, 'signal' | 'stdout'>): number {
  const status = /; status (\d+)\n$/.exec(stdout)?.[1];
  return signal === undefined || status === undefined ? 0 : Number(status) & 30;
}

/** Counts, for each exit bit, the reloads of its service that found the current response. */
export function reloadsOf({ targets }: Scenario, sandbox: Sandbox): ReadonlyMap<number, number> {
  return new Map(
    targets.flatMap(({ bit, path, reloads }) => {
      if (reloads === undefined || !sandbox.exists(reloads) || !sandbox.exists(path)) return [];
      const found = sandbox.text(reloads).split('\n');
      return [[bit, found.filter((line) => line === checksum(sandbox.path(path))).length] as const];
    }),
  );
}

function checksum(path: string): string {
  return execFileSync('cksum', { input: readFileSync(path), encoding: 'utf8' }).trim();
}
