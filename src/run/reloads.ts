import { namedUrls } from '../client/responder-url.js';
import type { Entry, Service } from '../configuration/model.js';
import type { Outcome } from '../report/outcome.js';
import type { Installed } from '../services/haproxy.js';
import type { Known, LookUp } from '../services/live-verdict.js';
import { type Reload, reloadService, type Ways } from '../services/reload.js';
import type { Staple } from '../staple/staple.js';
import type { LockedState } from '../state/ledger.js';
import type { System } from '../system/system.js';
import { prepare, type Prepared } from './entries.js';
import { type InspectionContext, inspect } from './inspect.js';
import type { RefreshOptions } from './types.js';

interface Reloader extends InspectionContext {
  readonly options: Pick<RefreshOptions, 'reload' | 'dryRun'>;
  readonly system: System;
  readonly interruption: AbortSignal;
}

/**
 * Tells each of the services once, where there is a way to. What has succeeded is paid at once: a run that dies later
 * must not repeat it.
 */
export async function runReloads(
  owed: readonly string[],
  results: readonly (Outcome | undefined)[],
  prepared: readonly Prepared[],
  reloader: Reloader,
  ledger: Pick<LockedState, 'before' | 'pay'>,
  tell: (reload: Reload) => void,
): Promise<Reload[]> {
  const reloads: Reload[] = [];
  if (reloader.options.dryRun) return reloads;
  const ways = waysOf(results, prepared, reloader, ledger);
  for (const service of reloader.configuration.services.filter(({ name }) => owed.includes(name))) {
    if (reloader.interruption.aborted) break;
    const reload = await reloadService(service, ways);
    if (reload === undefined) continue;
    if (reload.kind === 'reloaded' || reload.kind === 'pushed') await ledger.pay([service.name]);
    reloads.push(reload);
    tell(reload);
  }
  return reloads;
}

function waysOf(
  results: readonly (Outcome | undefined)[],
  prepared: readonly Prepared[],
  reloader: Reloader,
  { before }: Pick<LockedState, 'before'>,
): Ways {
  const { configuration, options, system, interruption, now, trustedResponders } = reloader;
  const updated = new Set(results.flatMap((outcome) => (outcome?.kind === 'updated' ? [outcome.name] : [])));
  const inventory = openInventory(prepared, reloader);
  // Which of its staples a service was not told of, an earlier run has not written down: it gets all of them.
  const isOwed = ({ name }: Service) => before.services.includes(name);
  return {
    runsCommands: options.reload || configuration.runReloads,
    reloadTimeout: configuration.reloadTimeout,
    system,
    interruption,
    measure: { policy: configuration.policy, now, trustedResponders },
    installedFor: (service) => inventory.installedFor(service, isOwed(service) ? undefined : updated),
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
      const found = all().filter(({ subject }) => same(served.der, subject.certificate.der));
      const own = found.filter(({ entry }) => service !== undefined && entry.services.includes(service.name));
      const known = (own.length > 0 ? own : found).map((one) => toKnown(one, context));
      return known.find(({ staple }) => isStapled(staple, stapled)) ?? known[0];
    },
  };
}

function isStapled(staple: Staple, stapled: Uint8Array | undefined): boolean {
  return stapled !== undefined && staple.kind === 'usable' && same(staple.response.der, stapled);
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(other);
}

function usable({ entry, subject }: Ready, context: InspectionContext): Installed[] {
  const { staple } = inspect(entry, subject, context);
  return staple.kind === 'usable' ? [{ name: entry.name, response: staple.response }] : [];
}

function toKnown({ entry, subject }: { entry: Entry } & Pick<Ready, 'subject'>, context: InspectionContext): Known {
  const { staple, responders } = inspect(entry, subject, context);
  return {
    name: entry.name,
    file: entry.ocsp,
    subject,
    staple,
    hasResponder: namedUrls(responders).length > 0,
  };
}
