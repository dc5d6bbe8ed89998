import { once } from 'node:events';
import type { ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Waits for an event of a socket or a request. If the signal is aborted first, the emitter is destroyed with its
 * reason. Throws the error of the emitter, or that reason.
 */
export async function eventOf(
  emitter: Duplex | ClientRequest,
  event: string,
  signal: AbortSignal,
): Promise<unknown[]> {
  const abort = () => void emitter.destroy(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return (await once(emitter, event)) as unknown[];
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
