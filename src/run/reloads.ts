import { namedUrls } from '../client/responder-url.js';
import type { Entry, Service } from '../configuration/model.js';
import type { Outcome } from '../report/outcome.js';
import type { Installed } from '../services/haproxy.js';
import type { Known, LookUp } from '../services/live-verdict.js';
import { type Reload, reloadService, type Ways } from '../services/reload.js';
import type { Staple } from '../staple/staple.js';
import { equalBytes } from '../util/bytes.js';
import type { LockedState } from '../state/locked-state.js';
import { prepare, type Prepared } from './entries.js';
import { type InspectionContext, inspect } from './inspect.js';
import type { RunOrder } from './types.js';

/** What reloading needs: the order and the context of the run, and the state in which reloads are struck out. */
interface Reloading {
  readonly order: RunOrder;
  readonly run: InspectionContext;
  readonly state: Pick<LockedState, 'before' | 'pay'>;
}

type Outcomes = readonly (Outcome | undefined)[];

/**
 * Reloads each of the services once, where the configuration says how. A success is struck out at once: a run that dies
 * later must not repeat it.
 */
export async function reloadServices(
  pending: readonly string[],
  outcomes: Outcomes,
  reloading: Reloading,
  tell: (reload: Reload) => void,
): Promise<Reload[]> {
  const { order, state } = reloading;
  const { configuration, options, work } = order;
  const reloads: Reload[] = [];
  if (options.dryRun) return reloads;
  const ways = waysOf(outcomes, reloading);
  for (const service of configuration.services.filter(({ name }) => pending.includes(name))) {
    if (work.stop.interruption.aborted) break;
    const reload = await reloadService(service, ways);
    if (reload === undefined) continue;
    if (reload.kind === 'reloaded' || reload.kind === 'pushed') await state.pay([service.name]);
    reloads.push(reload);
    tell(reload);
  }
  return reloads;
}

function waysOf(outcomes: Outcomes, { order, run, state }: Reloading): Ways {
  const { configuration, options, system, work, now } = order;
  const updated = new Set(outcomes.flatMap((outcome) => (outcome?.kind === 'updated' ? [outcome.name] : [])));
  const inventory = openInventory(work.prepared, run);
  // An earlier run has not written down which staples a service was not told of: it gets all of them.
  const isPending = ({ name }: Service) => state.before.services.includes(name);
  return {
    runsCommands: options.reload || configuration.runReloads,
    reloadTimeout: configuration.reloadTimeout,
    system,
    interruption: work.stop.interruption,
    measure: { policy: configuration.policy, now, trustedResponders: run.trustedResponders },
    installedFor: (service) => inventory.installedFor(service, isPending(service) ? undefined : updated),
    lookUpFor: inventory.lookUpFor,
  };
}

/** What lies in the files of all certificates of the configuration, read at the moment of the question. */
export interface Inventory {
  /** The usable staples of a service: of these certificates only, where names are given. */
  installedFor(service: Service, names: ReadonlySet<string> | undefined): Installed[];
  /** The entries of a service for certificates that its servers show; those of others where it has none. */
  lookUpFor(service: Service | undefined): LookUp;
}

type Ready = Extract<Prepared, { kind: 'ready' }>;

/** `prepared`: those that have been read already. A run that is about some looks at the others only here. */
export function openInventory(prepared: readonly Prepared[], context: InspectionContext): Inventory {
  const { entries } = context.configuration;
  let known: readonly Ready[] | undefined;
  const all = (): readonly Ready[] => {
    const every =
      prepared.length === entries.length ? prepared : prepare(entries, context.system.files, context.now);
    return (known ??= every.filter((one) => one.kind === 'ready'));
  };
  return {
    installedFor: ({ name }, names) =>
      all()
        .filter(({ entry }) => entry.services.includes(name) && (names?.has(entry.name) ?? true))
        .flatMap((one) => usable(one, context)),
    lookUpFor: (service) => (served, stapled) => {
      const found = all().filter(({ subject }) => equalBytes(served.der, subject.certificate.der));
      const own = found.filter(({ entry }) => service !== undefined && entry.services.includes(service.name));
      const known = (own.length > 0 ? own : found).map((one) => toKnown(one, context));
      return known.find(({ staple }) => isStapled(staple, stapled)) ?? known[0];
    },
  };
}

function isStapled(staple: Staple, stapled: Uint8Array | undefined): boolean {
  return stapled !== undefined && staple.kind === 'usable' && equalBytes(staple.response.der, stapled);
}

function usable({ entry, subject }: Ready, context: InspectionContext): Installed[] {
  const { staple } = inspect(entry, subject, context);
  return staple.kind === 'usable' ? [{ name: entry.name, response: staple.response }] : [];
}

function toKnown(
  { entry, subject }: { entry: Entry } & Pick<Ready, 'subject'>,
  context: InspectionContext,
): Known {
  const { staple, responders } = inspect(entry, subject, context);
  return {
    name: entry.name,
    file: entry.ocsp,
    subject,
    staple,
    hasResponder: namedUrls(responders).length > 0,
  };
}
