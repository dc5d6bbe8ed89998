import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Duration, formatDuration } from '../util/time.js';
import type { Conversation, SocketAddress, Sockets } from './system.js';

export const converse: Sockets['converse'] = async (address, text, { timeout, maxOctets }) => {
  const socket = connectTo(address);
  const release = limitSocket(socket, timeout);
  try {
    await once(socket, 'connect');
    // Not ended: some servers take that for a reason to go before they have answered.
    socket.write(text);
    return await readAnswer(socket, maxOctets);
  } catch (error) {
    return { kind: 'failed', problem: problemOf(error) };
  } finally {
    release();
  }
};

function connectTo(address: SocketAddress): Socket {
  if (address.kind === 'unix') return connect({ path: address.path });
  return connect({ host: address.host, port: address.port });
}

async function readAnswer(socket: Socket, maxOctets: number): Promise<Conversation> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of socket as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxOctets)
      return { kind: 'failed', problem: `its answer is longer than ${maxOctets} octets` };
  }
  return { kind: 'answered', text: Buffer.concat(chunks).toString('utf8') };
}

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
