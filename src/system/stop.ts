import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { type Duration, formatDuration } from '../util/time.js';
import type { Stop } from './system.js';
import { monotonicClock } from './timers.js';

/** The signals by which a terminal, a supervisor or a person ends a run. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Makes a Stop that ends a run early when its time is over, or when a signal requests it. A second signal ends the
 * process at once. Programs such as timeout(1) and npm send one signal to the process and to its group: it comes twice.
 */
export function openStop(limit: Duration): Stop {
  const [ending, interruption] = [new AbortController(), new AbortController()];
  // Whoever waits adds a listener. Node.js would print a warning about more than ten.
  setMaxListeners(0, ending.signal, interruption.signal);
  // The timer alone does not keep the process alive.
  const timer = setTimeout(() => ending.abort(timeIsOver(limit)), limit).unref();
  const close = () => {
    clearTimeout(timer);
    for (const name of SIGNALS) process.off(name, interrupt);
  };
  let echoesUntil: Duration | undefined;
  const interrupt = (name: NodeJS.Signals) => {
    const now = monotonicClock();
    if (echoesUntil !== undefined) return now < echoesUntil ? undefined : endAtOnce(name, close);
    echoesUntil = now + LIMITS.signalEcho;
    for (const one of [interruption, ending]) one.abort(interrupted(name));
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  return { signal: ending.signal, interruption: interruption.signal, close };
}

function endAtOnce(name: NodeJS.Signals, close: () => void): void {
  close();
  process.kill(process.pid, name);
  // The first process of a container is not ended by its own signal (pid_namespaces(7)).
  process.exit(128 + constants.signals[name]);
}

/**
 * Lets signals end the first process of a container. The kernel ignores a signal to it that has no listener
 * (pid_namespaces(7)), so that a stop of the container, or Ctrl-C, would have no effect until SIGKILL.
 */
export function endFirstProcess(): void {
  if (process.pid !== 1) return;
  const end = (name: NodeJS.Signals) => {
    // The other listener is that of a run, which ends in order.
    if (process.listenerCount(name) === 1) process.exit(128 + constants.signals[name]);
  };
  // Later than the other listeners: one may only forward the signal and then stop listening.
  for (const name of SIGNALS) process.on(name, (one) => setImmediate(end, one));
}

function timeIsOver(limit: Duration): OcspbotError {
  return new OcspbotError('run-timeout', `the time of the run, ${formatDuration(limit)}, is over`, {
    hint: 'see which responders are slow; run_timeout sets the time, parallel_threads how much is done at once',
  });
}

function interrupted(name: NodeJS.Signals): OcspbotError {
  return new OcspbotError('interrupted', `the run was interrupted by ${name}`, {
    hint: 'what was installed stays; the next run does the rest, and asks for the reloads again',
  });
}
