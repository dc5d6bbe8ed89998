import type { Http } from '../system/interfaces.js';
import type { System } from '../system/system.js';
import type { Transport } from '../transport/fetch.js';
import { VERSION } from '../version.js';

/** The HTTP client of a run: opened with the first request, shared by all, closed at the end. */
export function openTransport(
  system: Pick<System, 'openHttp'>,
  connectionsPerHost: number,
): Transport & { close(): Promise<void> } {
  let client: Promise<Http> | undefined;
  return {
    userAgent: `ocspbot/${VERSION}`,
    http: () => (client ??= system.openHttp({ connectionsPerHost })),
    close: async () => (await client)?.close(),
  };
}
