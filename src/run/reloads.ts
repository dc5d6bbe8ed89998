import { namedUrls } from '../client/responder-url.js';
import type { Service } from '../configuration/model.js';
import type { InstalledResponses, KnownCertificate, LookUp } from '../services/types.js';
import { type Reload, reloadService, type ReloadMeans } from '../services/reload.js';
import type { Staple } from '../staple/staple.js';
import { equalBytes } from '../util/bytes.js';
import type { LockedState } from '../state/locked-state.js';
import { prepare, type Prepared } from './entries.js';
import { type InspectionContext, inspect } from './inspect.js';
import type { Outcomes, RunOrder } from './types.js';

/** The order and the context of the run, and the state from which finished reloads are removed. */
interface Reloading {
  readonly order: RunOrder;
  readonly run: InspectionContext;
  readonly state: Pick<LockedState, 'before' | 'remove'>;
}

/**
 * Reloads each pending service once, if the configuration says how. A success is recorded at once, so that no later
 * run repeats it even if this one dies.
 */
export async function reloadServices(
  pending: readonly string[],
  outcomes: Outcomes,
  reloading: Reloading,
  tell: (reload: Reload) => void,
): Promise<Reload[]> {
  const { order, state } = reloading;
  const { configuration, options, stop } = order;
  const reloads: Reload[] = [];
  if (options.dryRun) return reloads;
  const means = meansOf(outcomes, reloading);
  for (const service of configuration.services.filter(({ name }) => pending.includes(name))) {
    if (stop.interruption.aborted) break;
    const reload = await reloadService(service, means);
    if (reload === undefined) continue;
    if (reload.kind === 'reloaded' || reload.kind === 'pushed') await state.remove([service.name]);
    reloads.push(reload);
    tell(reload);
  }
  return reloads;
}

function meansOf(outcomes: Outcomes, { order, run, state }: Reloading): ReloadMeans {
  const { configuration, options, system, stop } = order;
  const updated = new Set(outcomes.flatMap((outcome) => (outcome?.kind === 'updated' ? [outcome.name] : [])));
  const inventory = openInventory(run);
  // The list of pending reloads names services, not staples: a service that was pending before is given all its staples.
  const isPending = ({ name }: Service) => state.before.services.includes(name);
  return {
    runsCommands: options.reload || configuration.runReloads,
    reloadTimeout: configuration.reloadTimeout,
    system,
    interruption: stop.interruption,
    circumstances: { policy: configuration.policy, now: run.now, trustedResponders: run.trustedResponders },
    installedFor: (service) => inventory.installedFor(service, isPending(service) ? undefined : updated),
    lookUpFor: inventory.lookUpFor,
  };
}

/** The staples of all certificates of the configuration, as they are on the disk at the moment of the call. */
export interface Inventory {
  /** Returns the staples of a service; if names are given, only those of these certificates. */
  installedFor(service: Service, names: ReadonlySet<string> | undefined): InstalledResponses;
  /** Returns how to find the entry of a certificate that a server shows. An entry of this service comes first. */
  lookUpFor(service: Service | undefined): LookUp;
}

type Ready = Extract<Prepared, { kind: 'ready' }>;

/** Opens the inventory. The certificates are read on the first call, and kept. */
export function openInventory(context: InspectionContext): Inventory {
  const { system, configuration, now } = context;
  let known: readonly Prepared[] | undefined;
  const all = (): readonly Prepared[] => (known ??= prepare(configuration.entries, system.files, now));
  return {
    installedFor: ({ name }, names) =>
      installedAmong(
        all().filter(({ entry }) => entry.services.includes(name) && (names?.has(entry.name) ?? true)),
        context,
      ),
    lookUpFor: (service) => (served, stapled) => {
      const found = all().flatMap((one) =>
        one.kind === 'ready' && equalBytes(served.der, one.subject.certificate.der) ? [one] : [],
      );
      const own = found.filter(({ entry }) => service !== undefined && entry.services.includes(service.name));
      const known = (own.length > 0 ? own : found).map((one) => toKnownCertificate(one, context));
      return known.find(({ staple }) => isStapled(staple, stapled)) ?? known[0];
    },
  };
}

function isStapled(staple: Staple, stapled: Uint8Array | undefined): boolean {
  return stapled !== undefined && staple.kind === 'usable' && equalBytes(staple.response.der, stapled);
}

/**
 * Reads the staples of certificates. An absent staple is given to the service when it is installed. Any other unusable staple
 * may become usable although its file does not change, for example when the certificate's file is back or the clock was set.
 */
function installedAmong(prepared: readonly Prepared[], context: InspectionContext): InstalledResponses {
  const found = prepared.map((one) => ({
    name: one.entry.name,
    staple: one.kind === 'ready' ? inspect(one.entry, one.subject, context).staple : undefined,
  }));
  return {
    responses: found.flatMap(({ name, staple }) =>
      staple?.kind === 'usable' ? [{ name, response: staple.response }] : [],
    ),
    withheld: found.flatMap(({ name, staple }) =>
      staple?.kind === 'usable' || staple?.kind === 'absent' ? [] : [name],
    ),
  };
}

function toKnownCertificate({ entry, subject }: Ready, context: InspectionContext): KnownCertificate {
  const { staple, responders } = inspect(entry, subject, context);
  return {
    name: entry.name,
    file: entry.ocsp,
    subject,
    staple,
    hasResponder: namedUrls(responders).length > 0,
  };
}
