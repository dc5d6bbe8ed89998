import type { Thread } from './paused-program.js';

/** A system call that concerns a file of the sandbox, or ends the program. */
export interface Call {
  readonly thread: Thread;
  readonly name: string;
  /** The number of the call among those of this name in this thread, from 1. */
  readonly nth: number;
  /** The files it concerns, without the parts of names that differ in each run. */
  readonly on: string;
  readonly effect: 'changes' | 'reads' | 'ends';
}

/** Reads a log of strace -y of one or several threads. */
export function readCalls(log: string, folder: string, threads: ReadonlyMap<number, Thread>): Call[] {
  const counts = new Map<string, number>();
  const [only] = threads.values();
  return log.split('\n').flatMap((line) => {
    const [, id, name, args] = /^(?:\[pid +(\d+)\] +)?(\w+)\((.*)$/.exec(line) ?? [];
    if (name === undefined || args === undefined) return [];
    const thread = id === undefined ? only : threads.get(Number(id));
    if (thread === undefined) throw new Error(`whose call is it? ${line}`);
    const nth = (counts.get(`${thread} ${name}`) ?? 0) + 1;
    counts.set(`${thread} ${name}`, nth);
    const paths = pathsOf(args).filter((path) => path === folder || path.startsWith(`${folder}/`));
    if (name !== 'exit_group' && paths.length === 0) return [];
    const on = paths.map((path) => withoutRandomParts(path.slice(folder.length + 1))).join(' → ');
    return [{ thread, name, nth, on, effect: effectOf(name, args) }];
  });
}

/** Returns the path of the descriptor that comes first, or else the paths in quotes. */
function pathsOf(args: string): string[] {
  const [, opened] = /^\d+<([^>]*)>/.exec(args) ?? [];
  if (opened !== undefined && !args.startsWith('AT_FDCWD')) return [opened];
  const written = args.replaceAll(/AT_FDCWD<[^>]*>/g, '');
  return [...written.matchAll(/"([^"]*)"/g)].map(([, path = '']) => path);
}

/** Replaces random parts of names, and dates. */
function withoutRandomParts(path: string): string {
  return (
    path
      .replace(/\.([^/]+)\.ocspbot-[^/]*\.tmp$/, '($1)')
      .replace(/-\d{8}-\d{6}(?:-\d+)?$/, '-DATE')
      .replace(/\/ocspbot\.[0-9a-f]{12}(?=\/|$)/, '/(own)')
      // A backup has the ID of the path of its staple in its name.
      .replace(/(\.ocsp)\.[0-9a-f]{12}(?=\)|-|$)/, '$1.ID')
      .replace(/put-back-[0-9a-f]+$/, 'put-back')
  );
}

const CHANGING =
  /^(?:p?writev?(?:64)?|f?chmod(?:at)?|fchown(?:at)?|f(?:data)?sync|link(?:at)?|unlink(?:at)?|rename(?:at2?)?|mkdir(?:at)?|ftruncate)$/;

function effectOf(name: string, args: string): Call['effect'] {
  if (name === 'exit_group') return 'ends';
  return CHANGING.test(name) || args.includes('O_CREAT') ? 'changes' : 'reads';
}
