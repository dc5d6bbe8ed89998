import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Duration, formatDuration } from '../util/time.js';
import type { Conversation, SocketAddress, Sockets } from './system.js';

export const converse: Sockets['converse'] = async (address, text, { timeout, maxBytes }) => {
  const socket = connectTo(address);
  const release = limitSocket(socket, timeout);
  try {
    await once(socket, 'connect');
    // The socket is not ended: some servers would close the connection before they answer.
    socket.write(text);
    return await readAnswer(socket, maxBytes);
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

async function readAnswer(socket: Socket, maxBytes: number): Promise<Conversation> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of socket as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) return { kind: 'failed', problem: `its answer is longer than ${maxBytes} bytes` };
  }
  return { kind: 'answered', text: Buffer.concat(chunks).toString('utf8') };
}

/** Destroys the socket with an error when the time is up. The returned function destroys it and stops the timer. */
export function limitSocket(socket: Socket, timeout: Duration): () => void {
  const timer = setTimeout(() => {
    socket.destroy(new Error(`it took longer than ${formatDuration(timeout)}`));
  }, timeout);
  // A caller that waits for an event gets the error there; later errors must not end the program.
  socket.on('error', () => undefined);
  return () => {
    clearTimeout(timer);
    socket.destroy();
  };
}

/** Describes an error in words; if several addresses were tried, the error of each. */
export function problemOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(problemOf).join(', ');
  if (!(error instanceof Error)) return String(error);
  // `reason` is OpenSSL's own; the message surrounds it with memory addresses and source lines.
  const { reason } = error as Error & { readonly reason?: unknown };
  return typeof reason === 'string' ? `TLS: ${reason}` : error.message;
}
