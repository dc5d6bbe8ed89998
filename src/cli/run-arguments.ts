import type { Selection } from '../run/selection.js';
import type { RefreshOptions } from '../run/types.js';
import { LIMITS } from '../util/limits.js';
import { quote } from '../util/text.js';
import { type Duration, formatDuration, parseDuration } from '../util/time.js';
import type { LogFormat, OutputOptions } from './command.js';
import { usage, type Values } from './values.js';

// These options belong to runs; some of them are shared with other commands.

export function refreshOptions(values: Values): RefreshOptions {
  return {
    ...readSelection(values),
    force: values['force'] === true,
    dryRun: values['dry-run'] === true,
    strict: values['strict'] === true,
    reload: values['reload'] === true,
  };
}

export function readSelection(values: Values): Selection {
  return {
    only: (values['only'] as string[] | undefined) ?? [],
    match: (values['match'] as string[] | undefined) ?? [],
  };
}

export function readExit(text: string | undefined): { exit?: 'simple' } {
  if (text === undefined) return {};
  if (text === 'simple') return { exit: text };
  throw usage(`--exit ${text}: there is no such kind of exit status`, 'write: --exit simple');
}

export function readSplay(text: string | undefined): Duration {
  if (text === undefined) return 0;
  const splay = parseDuration(text);
  if (splay === undefined) throw usage(`--splay ${text} is not a duration like 10m or "1 hour 30 minutes"`);
  if (splay > LIMITS.splay) throw usage(`--splay ${text} is more than ${formatDuration(LIMITS.splay)}`);
  return splay;
}

export function readLogFormat(format: string): LogFormat {
  if (format !== 'text' && format !== 'json')
    throw usage(`--log-format ${quote(format)} is neither "text" nor "json"`);
  return format;
}

export function outputOptions(values: Values): OutputOptions {
  if (values['quiet'] === true && values['verbose'] === true)
    throw usage('--quiet and --verbose exclude each other');
  const detail = values['quiet'] === true ? 'quiet' : values['verbose'] === true ? 'verbose' : 'normal';
  return { format: values['json'] === true ? 'json' : 'text', detail, isPlain: values['no-color'] === true };
}
