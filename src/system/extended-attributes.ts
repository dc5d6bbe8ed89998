import { spawn, type StdioOptions } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { LIMITS } from '../util/limits.js';
import type { AttributeListing } from './system.js';

// Node has no functions for extended attributes (xattr(7)), which is what the kernel keeps ACLs and security labels as. GNU
// tar and cp are wherever GNU systems are, which getfattr and setfacl are not.

/** Prints each file and, indented, what it has; reads no content, as the archive is /dev/null. */
const LIST = [
  'tar --create --file=/dev/null -vvv --numeric-owner --quoting-style=literal --absolute-names --dereference',
  '--hard-dereference --no-recursion --acls --xattrs --xattrs-include=* --selinux --null --files-from=-',
]
  .join(' ')
  .split(' ');

/** Lists the extended attributes of files and folders, behind links, by one process for all. Never throws. */
export async function listAttributes(paths: readonly string[]): Promise<AttributeListing> {
  const { problem, output } = await run(LIST, ['pipe', 'pipe', 'pipe'], `${paths.join('\0')}\0`);
  const attributes = parse(output, new Set(paths));
  // One file that cannot be read makes it fail, but only after all the others.
  return attributes.size > 0 || problem === undefined
    ? { kind: 'listed', attributes }
    : { kind: 'failed', problem };
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
    // Names of folders end with a slash.
    const path = paths.has(name) ? name : name.replace(/\/$/, '');
    lines = [];
    found.set(path, lines);
  }
  return found;
}

/**
 * Gives an open file the mode, ACL, labels and attributes of another one, as far as this user may. Both are named by
 * their descriptors: whoever owns their folder cannot have anything else changed.
 */
export async function copyAttributes(from: string, to: number): Promise<void> {
  const source = openSync(from, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const { problem } = await run(COPY, ['ignore', 'ignore', 'pipe', source, to]);
    if (problem !== undefined)
      throw Object.assign(new Error(`${problem}, cp`), { code: 'ENOTSUP', syscall: 'cp' });
  } finally {
    closeSync(source);
  }
}

const COPY = [
  'cp',
  '--attributes-only',
  '--preserve=all',
  '--no-preserve=timestamps,ownership',
  '/proc/self/fd/3',
  '/proc/self/fd/4',
];

interface Ended {
  /** Undefined when it ended with 0. */
  readonly problem: string | undefined;
  readonly output: string;
}

function run(
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
    child.once('error', ({ message }) => resolve({ problem: message, output: '' }));
    child.once('close', (status, signal) => {
      const reason = texts.errors.trim().split('\n')[0] || `${program} ended with ${status ?? signal}`;
      resolve({ problem: status === 0 ? undefined : reason, output: texts.output });
    });
    // One that has ended already is told by its status.
    child.stdin?.on('error', () => undefined).end(input);
  });
}
