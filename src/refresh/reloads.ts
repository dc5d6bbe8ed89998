import type { Service } from '../configuration/model.js';
import type { Outcome } from '../report/outcome.js';
import { reloadService, type Ways } from '../services/reload.js';
import type { Reload } from '../services/reload-outcome.js';
import type { System } from '../system/system.js';
import type { CaseContext } from './case.js';
import { openInventory } from './inventory.js';
import type { Ledger } from './ledger.js';
import type { Prepared } from './prepare.js';
import type { RefreshOptions } from './run-context.js';

interface Reloader extends CaseContext {
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
  ledger: Pick<Ledger, 'before' | 'pay'>,
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
  { before }: Pick<Ledger, 'before'>,
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
