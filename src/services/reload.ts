import type { Argv, Service } from '../configuration/model.js';
import type { Commands, System } from '../system/system.js';
import { lastLines, SHOWN } from '../util/text.js';
import type { Duration } from '../util/time.js';
import { type Installed, push, type Push } from './haproxy.js';
import { liveHint, liveMessage, shownServer } from './live-messages.js';
import type { LookUp, Measure } from './live-verdict.js';
import { awaitServed, isServed, type Sight } from './live.js';
import { hintFor, messageFor, type Step } from './warnings.js';

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

type HaproxyUpdate = Exclude<Reload, { kind: 'failed' | 'left' }>;

async function seen(told: HaproxyUpdate, service: Service, ways: Ways): Promise<Reload> {
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
  const output = others.length > SHOWN.lines ? shortened(others) : others;
  return { kind, service, step: 'push', reason, command: undefined, message, hint, output };
}

function shortened(lines: readonly string[]): string[] {
  const shown = lines.slice(0, SHOWN.lines - 1);
  return [...shown, `and ${lines.length - shown.length} more`];
}

function liveFailure({ kind, service }: HaproxyUpdate, { server, verdict }: Sight): ReloadFailure {
  const message = `${kind}, but ${shownServer(server)} ${liveMessage(verdict)}`;
  const hint = `${liveHint(verdict)}; ${NEXT_RUN}`;
  const reason = verdict.kind;
  return { kind: 'failed', service, step: 'live', reason, command: undefined, message, hint, output: [] };
}

/** Runs the tests and then the reload commands of a service, up to the first one that fails: that is returned. */
async function runCommands(
  { name, test, reload }: Service,
  timeout: Duration,
  commands: Commands,
): Promise<ReloadFailure | undefined> {
  const steps = [
    ...test.map((argv) => ({ step: 'test' as const, argv })),
    ...reload.map((argv) => ({ step: 'reload' as const, argv })),
  ];
  for (const { step, argv } of steps) {
    const result = await commands.run(argv, { timeout });
    if (result.kind === 'succeeded') continue;
    const message = messageFor(step, argv, result, timeout);
    const hint = hintFor(step, argv, result);
    const output = result.kind === 'not-started' ? [] : lastLines(result.output);
    return { kind: 'failed', service: name, step, reason: result.kind, command: argv, message, hint, output };
  }
  return undefined;
}

/** What became of telling one service that it has new staples. */
export type Reload =
  | (Told & { readonly kind: 'reloaded' })
  /** It has them already, and need not be reloaded. */
  | (Told & { readonly kind: 'pushed'; readonly responses: number })
  /** Only a reload does, which is left to the caller. */
  | { readonly kind: 'left'; readonly service: string; readonly message: string; readonly hint: string }
  | ReloadFailure;

interface Told {
  readonly service: string;
  /** What visitors get now, where that was looked at. */
  readonly live: readonly Sight[];
  /** What went wrong before that, and was made up for. */
  readonly warning: string | undefined;
}

interface ReloadFailure {
  readonly kind: 'failed';
  readonly service: string;
  /** With a test that failed, nothing was reloaded; with `live` it was, and visitors do not see it. */
  readonly step: Step | 'push' | 'live';
  readonly reason: string;
  /** The command that failed. */
  readonly command: Argv | undefined;
  readonly message: string;
  readonly hint: string;
  /** The last lines that the command wrote, or what else could not be pushed; safe to show. */
  readonly output: readonly string[];
}
