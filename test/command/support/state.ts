import { openPendingReloadStore } from '../../../src/state/pending-reloads.js';
import { realTools } from '../../installation/support/tools.js';
import { folderName } from '../../../src/state/own-state.js';
import type { Sandbox } from '../../support/sandbox.js';

export interface StateOptions {
  readonly configuration?: string;
  readonly stateFolder?: string;
}

/** Returns the own folder of a configuration in its state folder, relative to the sandbox. */
export function stateOf(
  sandbox: Pick<Sandbox, 'path'>,
  { configuration = 'ocspbot.yaml', stateFolder = 'ocsp/.ocspbot' }: StateOptions = {},
): string {
  return `${stateFolder}/${folderName(sandbox.path(configuration))}`;
}

export function pendingReloadsFile(sandbox: Pick<Sandbox, 'path'>, options?: StateOptions): string {
  return `${stateOf(sandbox, options)}/reload-debt.json`;
}

/** Returns the services whose reload is pending; none if there is no file, or if the caller of the last run was told. */
export function pendingReloads(sandbox: Sandbox, options?: StateOptions): string[] {
  const folder = sandbox.path(stateOf(sandbox, options));
  return [...openPendingReloadStore(folder, [], realTools()).read().services];
}

/** Makes the reload of services pending, as a killed run does. */
export function writePendingReloads(
  sandbox: Pick<Sandbox, 'path' | 'write'>,
  services: readonly string[],
  options?: StateOptions,
): void {
  sandbox.write(pendingReloadsFile(sandbox, options), `${JSON.stringify({ schema: 1, services })}\n`);
}
