import type { Argv } from '../configuration/model.js';
import type { Sight } from './live.js';
import type { Step } from './wording.js';

/** What became of telling one service that it has new staples. */
export type Reload =
  | (Told & { readonly kind: 'reloaded' })
  /** It has them already, and need not be reloaded. */
  | (Told & { readonly kind: 'pushed'; readonly responses: number })
  /** Only a reload does, which is left to the caller. */
  | { readonly kind: 'left'; readonly service: string; readonly message: string; readonly hint: string }
  | ReloadFailure;

interface Told {
  readonly service: string;
  /** What visitors get now, where that was looked at. */
  readonly live: readonly Sight[];
  /** What went wrong before that, and was made up for. */
  readonly warning: string | undefined;
}

export interface ReloadFailure {
  readonly kind: 'failed';
  readonly service: string;
  /** With a test that failed, nothing was reloaded; with `live` it was, and visitors do not see it. */
  readonly step: Step | 'push' | 'live';
  readonly reason: string;
  /** The command that failed. */
  readonly command: Argv | undefined;
  readonly message: string;
  readonly hint: string;
  /** The last lines that the command wrote, or what else could not be pushed; safe to show. */
  readonly output: readonly string[];
}
