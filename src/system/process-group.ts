const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** To a process that leads its group, and all that it has started and that has stayed in the group. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // It has ended, or belongs to another user by now (sudo): there is nothing that could be done.
  }
}

/**
 * Whoever stops this program means the group as well, which a terminal does not know of. Where nobody else here waits
 * for the signal, it ends this program too.
 *
 * The result ends that.
 */
export function forwardSignals(leader: () => number | undefined): () => void {
  const stop = () => {
    for (const signal of FORWARDED) process.off(signal, pass);
  };
  const pass = (signal: NodeJS.Signals) => {
    stop();
    const pid = leader();
    if (pid !== undefined) signalGroup(pid, signal);
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  for (const signal of FORWARDED) process.on(signal, pass);
  return stop;
}
