import type { Connection } from './http-connection.js';

/** Open connections that wait for a request, by the key of their route. */
export class IdleConnections {
  readonly #waiting = new Map<string, Connection[]>();

  /** The one that was used last: it is the least likely to be closed by the server. */
  take(key: string): Connection | undefined {
    const waiting = this.#waiting.get(key) ?? [];
    let connection = waiting.pop();
    while (connection?.isOpen === false) connection = waiting.pop();
    return connection;
  }

  give(key: string, connection: Connection): void {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.set(key, waiting);
    waiting.push(connection);
  }
}
