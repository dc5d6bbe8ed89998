import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { limitSocket, problemOf } from './socket-limits.js';
import type { Conversation, SocketAddress, Sockets } from './interfaces/servers.js';

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
