import type { Sandbox } from '../../support/sandbox.js';

/** A run that installs something, in a folder that can be made any number of times. */
export interface Scenario {
  readonly title: string;
  /** Makes everything that the run needs. */
  write(sandbox: Sandbox): void;
  readonly args: readonly string[];
  /** The run after the fault. It can install the same responses as `args`, except after a rollback. */
  readonly next: { readonly args: readonly string[]; readonly installs: boolean };
  readonly targets: readonly Target[];
}

/** A staple. `path` is the path of the real file, not of a link to it. */
export interface Target {
  readonly path: string;
  readonly old: Uint8Array | undefined;
  readonly new: Uint8Array;
  /** The exit bit of its service. */
  readonly bit: number;
  /** The file to which a reload command adds a line with the response it found; undefined if the caller reloads. */
  readonly reloads?: string | undefined;
}
