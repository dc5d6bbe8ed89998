import type { Service } from '../configuration/model.js';
import { LIMITS } from '../defaults.js';
import type { System } from '../system/system.js';
import type { Duration } from '../time/duration.js';
import { awaitServed, isServed, type Sight } from './live.js';
import type { LookUp, Measure } from './live-verdict.js';
import { liveHint, liveMessage, shownServer } from './live-wording.js';
import { push, type Installed, type Push } from './push.js';
import { runCommands } from './reload-commands.js';
import type { Reload, ReloadFailure } from './reload-outcome.js';

/** How services are told in this run. */
export interface Ways {
  /** Whether their `reload` commands are run. */
  readonly runsCommands: boolean;
  readonly reloadTimeout: Duration;
  readonly system: Pick<System, 'commands' | 'sockets' | 'tls' | 'sleep' | 'now'>;
  /** Aborted when there is to be no more waiting. */
  readonly interruption: AbortSignal;
  readonly measure: Measure;
  /** What a service has to be given. */
  installedFor(service: Service): readonly Installed[];
  /** The certificates of a service. */
  lookUpFor(service: Service): LookUp;
}

/**
 * Tells a service that it has new staples: over its runtime socket, and where it has none or that fails, by its
 * commands; then looks whether they are served. undefined where that is left to the caller.
 */
export async function reloadService(service: Service, ways: Ways): Promise<Reload | undefined> {
  const { name, runtimeSockets, reload } = service;
  const pushed =
    runtimeSockets.length === 0
      ? undefined
      : await push(ways.installedFor(service), runtimeSockets, ways.system.sockets);
  if (pushed?.kind === 'pushed') {
    const { kind, responses } = pushed;
    return await seen({ kind, service: name, responses, live: [], warning: undefined }, service, ways);
  }
  if (!ways.runsCommands || reload.length === 0) return pushed && leftBehind(name, pushed);
  const failure = await runCommands(service, ways.reloadTimeout, ways.system.commands);
  if (failure !== undefined) return failure;
  return await seen({ kind: 'reloaded', service: name, live: [], warning: pushed?.message }, service, ways);
}

type Told = Exclude<Reload, { kind: 'failed' | 'left' }>;

async function seen(told: Told, service: Service, ways: Ways): Promise<Reload> {
  const watch = { ...ways, lookUp: ways.lookUpFor(service) };
  const sights = await Promise.all(service.live.map((server) => awaitServed(server, watch)));
  const unserved = sights.find((sight) => !isServed(sight));
  return unserved === undefined ? { ...told, live: sights } : liveFailure(told, unserved);
}

const NEXT_RUN = 'the next run tries again';

function leftBehind(service: string, failed: Extract<Push, { kind: 'failed' }>): Reload {
  const { kind, reason, message, others } = failed;
  if (reason === 'not-loaded') return { kind: 'left', service, message, hint: failed.hint };
  const hint = `${failed.hint}; ${NEXT_RUN}`;
  const output = others.length > LIMITS.outputLines ? shortened(others) : others;
  return { kind, service, step: 'push', reason, command: undefined, message, hint, output };
}

function shortened(lines: readonly string[]): string[] {
  const shown = lines.slice(0, LIMITS.outputLines - 1);
  return [...shown, `and ${lines.length - shown.length} more`];
}

function liveFailure({ kind, service }: Told, { server, verdict }: Sight): ReloadFailure {
  const message = `${kind}, but ${shownServer(server)} ${liveMessage(verdict)}`;
  const hint = `${liveHint(verdict)}; ${NEXT_RUN}`;
  const reason = verdict.kind;
  return { kind: 'failed', service, step: 'live', reason, command: undefined, message, hint, output: [] };
}
