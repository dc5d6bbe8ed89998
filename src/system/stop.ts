import { OcspbotError } from '../errors.js';
import { formatDuration, type Duration } from '../time/duration.js';
import type { Stop } from './interfaces.js';

/** A run is to end early when it has taken so long; without a limit never. */
export function openStop(limit: Duration | undefined): Stop {
  const controller = new AbortController();
  const timer =
    limit === undefined ? undefined : setTimeout(() => controller.abort(timeIsOver(limit)), limit);
  return { signal: controller.signal, close: () => clearTimeout(timer) };
}

function timeIsOver(limit: Duration): OcspbotError {
  return new OcspbotError('run-timeout', `the time of the run, ${formatDuration(limit)}, is over`, {
    hint: 'see which responders are slow; run_timeout sets the time, parallel_threads how much is done at once',
  });
}
