import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity, Processes } from './system.js';

/** Inode of the first pid namespace on every Linux (PROC_PID_INIT_INO in linux/proc_ns.h). */
const INITIAL_NAMESPACE = 'pid:[4026531836]';

/** Tells the identity and the life of processes by /proc; without /proc, by the pid alone. */
export function createProcesses(): Processes {
  const boot = textOf('/proc/sys/kernel/random/boot_id')?.trim();
  const self = { pid: process.pid, started: startOf(boot, 'self') ?? '', host: hostIdentity() };
  const life = (identity: ProcessIdentity) => lifeOf(identity, self, boot);
  return { self, lifeOf: life, isAlive: (identity) => life(identity) !== 'dead' };
}

/** Reports whether a process is alive. A pid has a meaning only within its host and its pid namespace. */
function lifeOf(
  identity: ProcessIdentity,
  self: ProcessIdentity,
  boot: string | undefined,
): 'alive' | 'dead' | 'unknown' {
  const { pid, started } = identity;
  if (identity.host !== self.host) return 'unknown';
  if (!Number.isSafeInteger(pid) || pid < 1) return 'dead';
  const isKnown = boot !== undefined && started !== '';
  if (isKnown && !started.startsWith(`${boot} `)) return 'dead';
  const now = statOf(pid);
  if (now === undefined) return answers(pid) ? 'unknown' : 'dead';
  if (now.state === 'Z' || now.state === 'X') return 'dead';
  if (!isKnown) return 'unknown';
  return started === `${boot} ${now.ticks}` ? 'alive' : 'dead';
}

/** Reports whether a process has this pid, even if /proc hides it (hidepid): EPERM means that the pid is in use. */
function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Names the host, and the pid namespace if it is not the initial one: containers may share a host name. */
function hostIdentity(): string {
  const namespace = pidNamespace();
  if (namespace === undefined || namespace === INITIAL_NAMESPACE) return hostname();
  return `${hostname()} (pid namespace ${/\d+/.exec(namespace)?.[0] ?? namespace})`;
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

function startOf(boot: string | undefined, pid: 'self' | number): string | undefined {
  const stat = statOf(pid);
  return boot === undefined || stat === undefined ? undefined : `${boot} ${stat.ticks}`;
}

/** Reads fields 3 (state) and 22 (start time) of proc_pid_stat(5); field 2 may have blanks and parentheses. */
function statOf(pid: 'self' | number): { state: string; ticks: string } | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields?.[0], fields?.[19]];
  return state === undefined || ticks === undefined ? undefined : { state, ticks };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
