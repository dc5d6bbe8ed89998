import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Run } from '../../support/run.js';
import type { Sandbox } from '../../support/sandbox.js';
import type { Scene, Target } from './scene.js';

/** What lies in the place of a staple. */
export type Lies = 'old' | 'new' | 'nothing' | 'something else';

export function whatLies({ path, old, new: installed }: Target, sandbox: Sandbox): Lies {
  if (!sandbox.exists(path)) return 'nothing';
  const bytes = Buffer.from(sandbox.read(path));
  if (bytes.equals(installed)) return 'new';
  return old !== undefined && bytes.equals(old) ? 'old' : 'something else';
}

/** What must hold at every instant, whatever has happened: each violation in words. */
export function complaintsAtOnce({ targets }: Scene, sandbox: Sandbox, before: Files): string[] {
  return targets.flatMap((target) => {
    const lies = whatLies(target, sandbox);
    const isWrong = lies === 'something else' || (lies === 'nothing' && target.old !== undefined);
    const known = new Set([...before.values(), target.new].map(toText));
    const strange = backupsOf(target, filesOf(sandbox)).filter(([, bytes]) => !known.has(toText(bytes)));
    return [
      ...(isWrong ? [`${target.path} is ${lies}`] : []),
      ...strange.map(([name]) => `${name} is no backup of anything`),
    ];
  });
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

export type Files = ReadonlyMap<string, Uint8Array>;

/** All files of a sandbox by their paths; what a link leads to is there by its own. */
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

/** What the run after must have done, and what must be left of the fault: nothing. */
export function complaintsAfterNext(scene: Scene, sandbox: Sandbox): string[] {
  const files = filesOf(sandbox);
  const left = [...files.keys()].filter((path) => path.endsWith('.tmp'));
  const keepsBackups = sandbox.text('ocspbot.yaml').includes('backups');
  return [
    ...left.map((path) => `${path} is left over`),
    ...scene.targets.flatMap((target) => {
      const lies = whatLies(target, sandbox);
      const unkept =
        keepsBackups &&
        lies === 'new' &&
        target.old !== undefined &&
        !backupsOf(target, files).some(([, bytes]) => Buffer.from(bytes).equals(target.old ?? Buffer.of()));
      return [
        ...(scene.next.installs && lies !== 'new' ? [`the next run has left ${target.path} ${lies}`] : []),
        ...(unkept ? [`of the old ${target.path} there is no backup`] : []),
      ];
    }),
  ];
}

/** Bits of the services whose staples are not what they were. */
export function changedBits({ targets }: Scene, sandbox: Sandbox): number {
  const initial = ({ old }: Target): Lies => (old === undefined ? 'nothing' : 'old');
  const changed = targets.filter((target) => whatLies(target, sandbox) !== initial(target));
  return changed.reduce((sum, { bit }) => sum | bit, 0);
}

/** The bits that a caller was told; none by a run that was killed, or that changed nothing. */
export function toldBits({ status }: Pick<Run, 'status'>): number {
  return status === undefined || status > 63 ? 0 : status & 30;
}

/**
 * The bits in the last line of a run that was killed when it had said all, and may have struck them out: no program can
 * tell its caller and write that down in one act.
 */
export function lastWords({ signal, stdout }: Pick<Run, 'signal' | 'stdout'>): number {
  const status = /; status (\d+)\n$/.exec(stdout)?.[1];
  return signal === undefined || status === undefined ? 0 : Number(status) & 30;
}

/** For each bit, how often its service was reloaded, and found the response that it has to find. */
export function reloadsOf({ targets }: Scene, sandbox: Sandbox): ReadonlyMap<number, number> {
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
