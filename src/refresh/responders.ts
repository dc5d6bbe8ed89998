import { chance } from '../chance.js';
import type { HttpSettings } from '../configuration/model.js';
import { certificateKey } from '../memory/certificate-key.js';
import type { Recollection } from '../memory/store.js';
import { chooseProxies } from '../network/proxies.js';
import type { Http } from '../system/interfaces/http.js';
import type { System } from '../system/system.js';
import type { Instant } from '../time/instant.js';
import { VERSION } from '../version.js';
import { CircuitBreakers } from './circuit-breaker.js';
import { onceForAll } from './once.js';
import type { Prepared } from './prepare.js';
import type { Reception } from './reception.js';
import type { Source } from './source.js';

/** What this needs from outside. */
export type Outside = Pick<System, 'openHttp' | 'randomBytes' | 'sleep' | 'environment'>;

/** Asks the responders of each certificate. */
export function askResponders(
  settings: HttpSettings,
  prepared: readonly Prepared[],
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
    once: onceForAll(() => twinsIn(prepared)),
  };
  return {
    kind: 'responders',
    // Most runs have nothing to ask; what a request takes, pkijs above all, takes long to load.
    obtain: async (wanted, judge, note) =>
      (await import('./inquiry.js')).inquire(wanted, judge, note, reception),
    close: async () => {
      await (await client)?.close();
      await recollection.save();
    },
  };
}

/** Certificates that several entries have. */
function twinsIn(prepared: readonly Prepared[]): ReadonlySet<string> {
  const [known, twins] = [new Set<string>(), new Set<string>()];
  for (const one of prepared) {
    if (one.kind === 'broken') continue;
    const { certificate, issuer } = one.subject;
    const key = certificateKey({ issuer, serialNumber: certificate.serialNumber });
    (known.has(key) ? twins : known).add(key);
  }
  return twins;
}
