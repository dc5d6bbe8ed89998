import { spawn, type StdioOptions } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { LIMITS } from '../util/limits.js';
import type { AttributeListing } from './system.js';

// Node has no functions for extended attributes (xattr(7)), in which the kernel keeps ACLs and security labels. Every
// GNU system has GNU tar and cp, but not every one has getfattr and setfacl. An ACL is seldom there without setfacl.

/** The command that prints each file and, indented, its attributes. It reads no content, because the archive is /dev/null. */
const LIST = [
  'tar --create --file=/dev/null -vvv --numeric-owner --quoting-style=literal --absolute-names --dereference',
  '--hard-dereference --no-recursion --acls --xattrs --xattrs-include=* --selinux --null --files-from=-',
]
  .join(' ')
  .split(' ');

/** Lists the extended attributes of files and folders in one process; links are followed. Never throws. */
export async function listAttributes(paths: readonly string[]): Promise<AttributeListing> {
  const { problem, isPassing, output } = await run(LIST, ['pipe', 'pipe', 'pipe'], `${paths.join('\0')}\0`);
  const attributes = parse(output, new Set(paths));
  // tar fails if a file cannot be read, but only after it has listed all the others.
  const isListed = attributes.size > 0 && !isPassing;
  return isListed || problem === undefined
    ? { kind: 'listed', attributes }
    : { kind: 'failed', problem, isPassing };
}

const ENTRY = /^\S{10}[.+*]? *\d+\/\d+ +\S+ \d{4}-\d\d-\d\d \d\d:\d\d (.*)$/;

function parse(output: string, paths: ReadonlySet<string>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let lines: string[] | undefined;
  for (const line of output.split('\n')) {
    const name = ENTRY.exec(line)?.[1];
    if (name === undefined) {
      if (line.startsWith('  ')) lines?.push(line.trim());
      continue;
    }
    // tar prints the name of a folder with a slash at its end.
    const path = paths.has(name) ? name : name.replace(/\/$/, '');
    lines = [];
    found.set(path, lines);
  }
  return found;
}

/**
 * Copies mode, ACL, labels and attributes of a file to an open file, as far as this user may. Both files are passed as
 * descriptors, so that the owner of their folder cannot put other files in their place meanwhile.
 */
export async function copyAttributes(from: string, to: number): Promise<void> {
  const source = openSync(from, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    // Without setfacl, or on a file system without ACLs, the comparison of both files tells whether one is left.
    await run(CLEAR, ['ignore', 'ignore', 'pipe', to]);
    const { problem, isPassing } = await run(COPY, ['ignore', 'ignore', 'pipe', source, to]);
    if (problem !== undefined)
      throw Object.assign(new Error(`${problem}, cp`), {
        code: isPassing ? 'EINTR' : 'ENOTSUP',
        syscall: 'cp',
      });
  } finally {
    closeSync(source);
  }
}

/** The command that takes an ACL away which the folder gave to a new file: newer versions of cp (coreutils 9.7) leave it. */
const CLEAR = ['setfacl', '--remove-all', '/proc/self/fd/3'];

const COPY = [
  'cp',
  '--attributes-only',
  '--preserve=all',
  '--no-preserve=timestamps,ownership',
  '/proc/self/fd/3',
  '/proc/self/fd/4',
];

interface Ended {
  /** Undefined if the status is 0. */
  readonly problem: string | undefined;
  /** True if the program could not start or was ended for a reason outside of it: another attempt may succeed. */
  readonly isPassing: boolean;
  /** True if a signal of somebody else ended it, and not its time limit. */
  readonly isStopped: boolean;
  readonly output: string;
}

/** The errors for a program that does not exist or cannot be executed. Others mean that the system lacks a resource. */
const MISSING: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ENOEXEC']);

/**
 * Runs a program, and once more if somebody ended it. After a signal, a run finishes its installation, but a terminal,
 * timeout(1) and systemd send the signal also to the programs that the run has started.
 */
async function run(argv: readonly string[], stdio: StdioOptions, input?: string): Promise<Ended> {
  const first = await runOnce(argv, stdio, input);
  return first.isStopped ? await runOnce(argv, stdio, input) : first;
}

function runOnce(
  [program = '', ...args]: readonly string[],
  stdio: StdioOptions,
  input?: string,
): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' };
    const child = spawn(program, args, { stdio, env, timeout: LIMITS.attributesTimeout });
    const texts = { output: '', errors: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (texts.output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.errors += text));
    child.once('error', ({ message, code }: NodeJS.ErrnoException) =>
      resolve({ problem: message, isPassing: !MISSING.has(code), isStopped: false, output: '' }),
    );
    child.once('close', (status, signal) => {
      const reason = texts.errors.trim().split('\n')[0] || `${program} ended with ${status ?? signal}`;
      resolve({
        problem: status === 0 ? undefined : reason,
        isPassing: signal !== null,
        isStopped: signal !== null && !child.killed,
        output: texts.output,
      });
    });
    // A program that ends before it reads its input causes EPIPE; its status says why.
    child.stdin?.on('error', () => undefined).end(input);
  });
}
