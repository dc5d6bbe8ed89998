import type { Configuration } from '../configuration/model.js';
import { reloadService, withCommands, type Reload } from '../services/reload.js';
import type { Commands } from '../system/interfaces.js';
import type { Ledger } from './ledger.js';
import type { RefreshOptions } from './run-context.js';

interface Reloader {
  readonly configuration: Pick<Configuration, 'services' | 'runReloads' | 'reloadTimeout'>;
  readonly options: Pick<RefreshOptions, 'reload' | 'dryRun'>;
  readonly commands: Commands;
}

/**
 * Reloads each of the services once, where that is wanted and there is something to do it with. What has succeeded
 * is paid at once: a run that dies later must not repeat it.
 */
export async function runReloads(
  names: readonly string[],
  { configuration: { services, runReloads, reloadTimeout }, options, commands }: Reloader,
  ledger: Pick<Ledger, 'pay'>,
  tell: (reload: Reload) => void,
): Promise<Reload[]> {
  const reloads: Reload[] = [];
  if (options.dryRun || !(options.reload || runReloads)) return reloads;
  for (const service of withCommands(names, services)) {
    const reload = await reloadService(service, reloadTimeout, commands);
    if (reload.kind === 'reloaded') await ledger.pay([service.name]);
    reloads.push(reload);
    tell(reload);
  }
  return reloads;
}
