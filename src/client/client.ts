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
import type { StapleSource } from './types.js';
import type { ClientContext } from './context.js';

interface ClientInput {
  readonly settings: HttpSettings;
  /** Returns the keys of certificates that several entries have. */
  findDuplicates(): ReadonlySet<string>;
  readonly store: HistoryStore;
  readonly now: Instant;
  readonly system: Pick<System, 'openHttp' | 'randomBytes' | 'sleep' | 'environment'>;
  /** Aborted when no further request is to be sent. */
  readonly stop: AbortSignal;
}

/** Opens the source that asks the responders of each certificate. */
export function openResponders({
  settings,
  findDuplicates,
  store,
  now,
  system,
  stop,
}: ClientInput): StapleSource {
  const connection = { proxyFor: chooseProxies(settings, system.environment), caFile: settings.caFile };
  const options = { connectionsPerHost: settings.perHost, ...connection, stop };
  /** The client is opened with the first request, shared by all, and closed at the end. */
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
    singleFlight: singleFlight(findDuplicates),
  };
  return {
    kind: 'responders',
    // The code of a request, above all pkijs, takes long to load, and most runs send none.
    fetch: async (fetchRequest, verifyAnswer, observe) =>
      (await import('./fetch.js')).fetchStaple(fetchRequest, verifyAnswer, observe, context),
    close: async () => {
      await (await client)?.close();
      await store.save();
    },
  };
}
