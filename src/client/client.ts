import type { HttpSettings } from '../configuration/model.js';
import { chooseProxies } from '../http/proxy.js';
import type { Http } from '../http/types.js';
import type { System } from '../system/system.js';
import { chance } from '../util/bytes.js';
import { onceForAll } from '../util/concurrency.js';
import type { Instant } from '../util/time.js';
import { VERSION } from '../util/version.js';
import { CircuitBreakers } from './circuit-breaker.js';
import type { Recollection } from './history-file.js';
import type { Reception } from './requests.js';
import type { Source } from './types.js';

/** What this needs from outside. */
export type Outside = Pick<System, 'openHttp' | 'randomBytes' | 'sleep' | 'environment'>;

/** Asks the responders of each certificate. */
export function askResponders(
  settings: HttpSettings,
  sharedCertificates: () => ReadonlySet<string>,
  recollection: Recollection,
  now: Instant,
  system: Outside,
  stop: AbortSignal,
): Source {
  const ways = { proxyFor: chooseProxies(settings, system.environment), caFile: settings.caFile };
  const options = { connectionsPerHost: settings.perHost, ...ways, stop };
  /** Opened with the first request, shared by all, closed at the end. */
  let client: Promise<Http> | undefined;
  const reception: Reception = {
    settings,
    now,
    userAgent: `ocspbot/${VERSION}`,
    breakers: new CircuitBreakers(() => chance(system)),
    memory: () => recollection.memory(),
    http: () => (client ??= system.openHttp(options)),
    ways,
    stop,
    chance: () => chance(system),
    sleep: (duration) => (duration > 0 ? system.sleep(duration, stop) : Promise.resolve()),
    randomBytes: (count) => system.randomBytes(count),
    once: onceForAll(sharedCertificates),
  };
  return {
    kind: 'responders',
    // Most runs have nothing to ask; what a request takes, pkijs above all, takes long to load.
    obtain: async (wanted, judge, note) =>
      (await import('./fetch.js')).inquire(wanted, judge, note, reception),
    close: async () => {
      await (await client)?.close();
      await recollection.save();
    },
  };
}
