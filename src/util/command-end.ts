import { type Duration, formatDuration } from './time.js';

/** The end of a command that did not succeed. */
type CommandEnd =
  | { readonly kind: 'failed'; readonly status: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timed-out' }
  /** `code` is Node's: ENOENT if there is no such program. */
  | { readonly kind: 'not-started'; readonly code: string };

/** Says how a command ended, after its name: `ended with status 1`. `limit` is its time limit. */
export function describeEnd(end: CommandEnd, limit: Duration): string {
  switch (end.kind) {
    case 'failed':
      return `ended with status ${end.status}`;
    case 'killed':
      return `was ended by ${end.signal}`;
    case 'timed-out':
      return `was stopped after ${formatDuration(limit)}`;
    case 'not-started':
      return `could not be started (${end.code})`;
  }
}
