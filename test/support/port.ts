import { once } from 'node:events';
import { createServer, connect } from 'node:net';

/** A range below that of the kernel's ephemeral ports, so that no other socket gets the port in the meantime. */
const RANGE = { from: 20_000, to: 32_000 } as const;

/** Returns an unused port of 127.0.0.1 that no other test gets, of this process or another, until this process ends. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = RANGE.from + Math.floor(Math.random() * (RANGE.to - RANGE.from));
    if ((await reserve(port)) && (await isFree(port))) return port;
  }
}

/** Returns a URL where nobody listens. */
export async function closedUrl(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}/`;
}

/** unix(7): an abstract socket belongs to the network namespace, as a port does, and goes with its process. */
async function reserve(port: number): Promise<boolean> {
  const socket = createServer();
  socket.unref();
  try {
    await once(socket.listen(`\0ocspbot-test-port-${port}`), 'listening');
    return true;
  } catch {
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
