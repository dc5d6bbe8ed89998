import type { Socket } from 'node:net';
import { formatDuration, type Duration } from '../time/duration.js';

/** Ends the socket with an error when the time is up. The result ends the socket, and the watch on it. */
export function limitSocket(socket: Socket, timeout: Duration): () => void {
  const timer = setTimeout(() => {
    socket.destroy(new Error(`it took longer than ${formatDuration(timeout)}`));
  }, timeout);
  // Whoever waits for something hears of it there; what comes later is of no interest.
  socket.on('error', () => undefined);
  return () => {
    clearTimeout(timer);
    socket.destroy();
  };
}

/** In words; of several addresses that were tried, what each had to say. */
export function problemOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(problemOf).join(', ');
  if (!(error instanceof Error)) return String(error);
  // Of OpenSSL: its message has addresses of memory and lines of its source around that.
  const { reason } = error as Error & { readonly reason?: unknown };
  return typeof reason === 'string' ? `TLS: ${reason}` : error.message;
}
