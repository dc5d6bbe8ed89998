import type { HttpSettings } from '../configuration/model.js';
import { chooseProxies } from '../http/proxy.js';
import type { Http } from '../http/types.js';
import type { System } from '../system/system.js';
import { randomFraction } from '../util/bytes.js';
import { singleFlight } from '../util/concurrency.js';
import type { Instant } from '../util/time.js';
import { VERSION } from '../util/version.js';
import { CircuitBreakers } from './circuit-breaker.js';
import type { HistoryStore } from './history-file.js';
import type { ClientContext } from './requests.js';
import type { StapleSource } from './types.js';

/** What this needs from outside. */
export type Outside = Pick<System, 'openHttp' | 'randomBytes' | 'sleep' | 'environment'>;

/** Asks the responders of each certificate. */
export function openResponders(
  settings: HttpSettings,
  sharedCertificates: () => ReadonlySet<string>,
  store: HistoryStore,
  now: Instant,
  system: Outside,
  stop: AbortSignal,
): StapleSource {
  const connection = { proxyFor: chooseProxies(settings, system.environment), caFile: settings.caFile };
  const options = { connectionsPerHost: settings.perHost, ...connection, stop };
  /** Opened with the first request, shared by all, closed at the end. */
  let client: Promise<Http> | undefined;
  const context: ClientContext = {
    settings,
    now,
    userAgent: `ocspbot/${VERSION}`,
    breakers: new CircuitBreakers(() => randomFraction(system)),
    history: () => store.history(),
    http: () => (client ??= system.openHttp(options)),
    connection,
    stop,
    chance: () => randomFraction(system),
    sleep: (duration) => (duration > 0 ? system.sleep(duration, stop) : Promise.resolve()),
    randomBytes: (count) => system.randomBytes(count),
    once: singleFlight(sharedCertificates),
  };
  return {
    kind: 'responders',
    // Most runs have nothing to ask; what a request takes, pkijs above all, takes long to load.
    fetch: async (fetchRequest, judge, note) =>
      (await import('./fetch.js')).fetchStaple(fetchRequest, judge, note, context),
    close: async () => {
      await (await client)?.close();
      await store.save();
    },
  };
}
