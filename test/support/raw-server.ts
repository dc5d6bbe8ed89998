import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface RawRequest {
  /** The header as it came. */
  readonly head: string;
  readonly body: Buffer;
}

export type Answer = (socket: Socket, request: RawRequest, count: number) => void;

/** A server below HTTP: it reads requests, and writes whatever a test wants, to misbehave as it likes. */
export class RawServer {
  readonly requests: RawRequest[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #accepted = 0;

  private constructor(answer: Answer) {
    this.#server = createServer((socket) => this.#accept(socket, answer));
  }

  static async start(answer: Answer | string): Promise<RawServer> {
    const server = new RawServer(typeof answer === 'string' ? (socket) => socket.write(answer) : answer);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Connections ever accepted. */
  get accepted(): number {
    return this.#accepted;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket, answer: Answer): void {
    this.#accepted += 1;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    let received = Buffer.alloc(0);
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      for (let request = takeRequest(received); request !== undefined; request = takeRequest(received)) {
        received = received.subarray(request.length);
        this.requests.push(request);
        answer(socket, request, this.requests.length);
      }
    });
  }
}

function takeRequest(received: Buffer): (RawRequest & { length: number }) | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.subarray(0, end).toString('latin1');
  const length = end + 4 + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  if (received.length < length) return undefined;
  return { head, body: received.subarray(end + 4, length), length };
}

/** A whole HTTP response, well formed unless a header says otherwise. */
export function httpResponse(
  status: number,
  headers: Record<string, string>,
  body: string | Uint8Array = '',
): Buffer {
  const all = { 'content-length': String(Buffer.from(body).length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n`),
    Buffer.from(body),
  ]);
}
