import type { Sandbox } from '../../support/sandbox.js';

/** A run that installs something, in a folder that can be made again and again. */
export interface Scene {
  readonly title: string;
  /** Makes everything that the run needs. */
  write(sandbox: Sandbox): void;
  readonly args: readonly string[];
  /** What runs when the fault is over; it finds what `args` would have installed, but for a rollback. */
  readonly next: { readonly args: readonly string[]; readonly installs: boolean };
  readonly targets: readonly Target[];
}

/** A staple; the path is that of the real file. */
export interface Target {
  readonly path: string;
  readonly old: Uint8Array | undefined;
  readonly new: Uint8Array;
  /** Of its service. */
  readonly bit: number;
  /** Where a reload command writes which response it found, a line each time; undefined where the caller reloads. */
  readonly reloads?: string | undefined;
}
