import type { HttpSettings } from '../configuration/model.js';
import { chooseProxies } from '../http/proxy.js';
import type { Http } from '../http/types.js';
import type { System } from '../system/system.js';
import { randomFraction } from '../util/bytes.js';
import type { Instant } from '../util/time.js';
import { VERSION } from '../util/version.js';
import { waitsIn } from './access.js';
import { CircuitBreakers } from './circuit-breaker.js';
import { openHistoryStore } from './history-file.js';
import { keysOfDuplicates, singleFlight } from './single-flight.js';
import type { CertificateIdentity, StapleSource } from './types.js';
import type { ClientContext } from './context.js';

interface ClientInput {
  readonly settings: HttpSettings;
  /** Returns the certificates of all entries. Identical requests about one that several entries have are sent once. */
  certificates(): Iterable<CertificateIdentity>;
  /** The folder of the history; undefined if there is none. */
  readonly folder: string | undefined;
  readonly dryRun: boolean;
  readonly now: Instant;
  readonly system: Pick<System, 'openHttp' | 'randomBytes' | 'sleep' | 'environment' | 'files' | 'processes'>;
  /** Aborted when no further request is to be sent. */
  readonly stop: AbortSignal;
}

/** Opens the source that asks the responders of each certificate. */
export function openResponders({
  settings,
  certificates,
  folder,
  dryRun,
  now,
  system,
  stop,
}: ClientInput): StapleSource {
  const store = openHistoryStore(folder, { ...system, now, dryRun });
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
    singleFlight: singleFlight(() => keysOfDuplicates(certificates())),
  };
  return {
    kind: 'responders',
    // The code of a request, above all pkijs, takes long to load, and most runs send none.
    fetch: async (fetchRequest, verifyAnswer, observe) =>
      (await import('./fetch.js')).fetchStaple(fetchRequest, verifyAnswer, observe, context),
    waitFor: waitsIn(() => store.history().forNextRun(), now),
    close: async () => {
      await (await client)?.close();
      return await store.save();
    },
  };
}
