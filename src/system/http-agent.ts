import { Agent, type RequestOptions } from 'node:http';
import type { Duplex } from 'node:stream';

/** What a request needs of a connection, besides what Node knows. */
export interface ConnectionWanted {
  /** Requests with the same key may share connections, one after the other. */
  readonly key: string;
  open(): Promise<Duplex>;
}

type Options = RequestOptions & { readonly wanted?: ConnectionWanted };

/** Keeps connections for later requests. How they are made is the requests' own affair. */
export class KeepAliveAgent extends Agent {
  constructor() {
    super({ keepAlive: true });
  }

  override getName(options?: Options): string {
    return options?.wanted?.key ?? '';
  }

  override createConnection({ wanted }: Options, callback: Callback): undefined {
    if (wanted !== undefined) void deliver(wanted, callback);
  }
}

type Callback = (error: Error | null, socket: Duplex) => void;

async function deliver(wanted: ConnectionWanted, callback: Callback): Promise<void> {
  try {
    callback(null, await wanted.open());
  } catch (error) {
    // Node takes no socket where there is an error.
    (callback as (error: unknown) => void)(error);
  }
}
