import type { Duration } from '../../time/duration.js';

/** What ends a run before all is done. */
export interface Stop {
  /** Aborted when that is so; its reason is the OcspbotError that says why. */
  readonly signal: AbortSignal;
  /** Aborted with it where a person or a supervisor wants it to end, and not only the time is over. */
  readonly interruption: AbortSignal;
  close(): void;
}

/** Enough to tell whether a process that wrote this down is still the same and alive. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Distinguishes a reused pid: boot and start time as the kernel counts them; empty where unknown. */
  readonly started: string;
  readonly host: string;
}

/** What became of a program. `output` is the end of what it wrote to both of its streams. */
export type CommandResult =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly status: number; readonly output: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly output: string }
  | { readonly kind: 'timed-out'; readonly output: string }
  /** `code` is Node's: ENOENT where there is no such program. */
  | { readonly kind: 'not-started'; readonly code: string };

/** Other programs, without a shell, with this environment and nothing to read. */
export interface Commands {
  /** Never throws. When the time is up, the program and what it has started are stopped. */
  run(argv: readonly [string, ...string[]], limits: { timeout: Duration }): Promise<CommandResult>;
}

export interface Processes {
  readonly self: ProcessIdentity;
  /** `unknown`: of another host or container, or hidden from us, so that nobody can say whether its pid is that of another. */
  lifeOf(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown';
  /** Not known to be dead. */
  isAlive(identity: ProcessIdentity): boolean;
}
