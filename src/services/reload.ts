import type { Argv, Service } from '../configuration/model.js';
import type { Commands, System } from '../system/system.js';
import { lastLines, SHOWN } from '../util/text.js';
import type { Duration } from '../util/time.js';
import { isCuredByReload, push, type Push } from './haproxy.js';
import type { InstalledResponses, LookUp, LiveCircumstances } from './types.js';
import { liveHint, liveMessage, shownServer } from './live-messages.js';
import { awaitServed, type LiveResult, unservedIn } from './live.js';
import { hintFor, messageFor, type Step } from './failed-commands.js';

/** The means of reloading the services of a run. */
export interface ReloadMeans {
  /** True if the `reload` commands are run. */
  readonly runsCommands: boolean;
  readonly reloadTimeout: Duration;
  readonly system: Pick<System, 'commands' | 'sockets' | 'tls' | 'sleep' | 'elapsed'>;
  /** Aborted when the run must not wait any longer. */
  readonly interruption: AbortSignal;
  readonly circumstances: LiveCircumstances;
  /** Returns the responses that are pushed to a service. */
  installedFor(service: Service): InstalledResponses;
  /** Returns how to find the certificates of a service. */
  lookUpFor(service: Service): LookUp;
}

/**
 * Gives a service its new staples: over its runtime sockets, or by its reload commands if it has no socket or a push fails.
 * Then checks that they are served. Returns undefined if the reload is left to the caller.
 */
export async function reloadService(service: Service, means: ReloadMeans): Promise<Reload | undefined> {
  const { name, runtimeSockets, reload } = service;
  const pushed =
    runtimeSockets.length === 0
      ? undefined
      : await push(means.installedFor(service), runtimeSockets, means.system.sockets);
  if (pushed?.kind === 'pushed') {
    const { kind, responses } = pushed;
    return await withLiveCheck(
      { kind, service: name, responses, live: [], warning: undefined },
      service,
      means,
    );
  }
  if (!means.runsCommands || reload.length === 0) return pushed && leftBehind(name, pushed);
  const failure = await runCommands(service, means.reloadTimeout, means.system.commands);
  if (failure !== undefined) return failure;
  return await withLiveCheck(
    { kind: 'reloaded', service: name, live: [], warning: pushed?.message },
    service,
    means,
  );
}

/** A push or a reload that succeeded, before the live check. */
type Done = Exclude<Reload, { kind: 'failed' | 'left' }>;

/** Checks that the new staples are served by each server of `live`. */
async function withLiveCheck(done: Done, service: Service, means: ReloadMeans): Promise<Reload> {
  const watch = { ...means, lookUp: means.lookUpFor(service) };
  const results = await Promise.all(service.live.map((server) => awaitServed(server, watch)));
  const unserved = results.map(unservedIn).find((result) => result !== undefined);
  return unserved === undefined ? { ...done, live: results.flat() } : liveFailure(done, unserved);
}

const NEXT_RUN = 'the next run tries again';

function leftBehind(service: string, failed: Extract<Push, { kind: 'failed' }>): Reload {
  const { kind, reason, message, others } = failed;
  if (isCuredByReload(reason)) return { kind: 'left', service, message, hint: failed.hint };
  const hint = `${failed.hint}; ${NEXT_RUN}`;
  const output = others.length > SHOWN.lines ? shortened(others) : others;
  return { kind, service, step: 'push', reason, command: undefined, message, hint, output };
}

function shortened(lines: readonly string[]): string[] {
  const shown = lines.slice(0, SHOWN.lines - 1);
  return [...shown, `and ${lines.length - shown.length} more`];
}

function liveFailure({ kind, service }: Done, result: LiveResult): ReloadFailure {
  const { verdict } = result;
  const message = `${kind}, but ${shownServer(result)} ${liveMessage(verdict)}`;
  const hint = `${liveHint(result)}; ${NEXT_RUN}`;
  const reason = verdict.kind;
  return { kind: 'failed', service, step: 'live', reason, command: undefined, message, hint, output: [] };
}

/** Runs the tests and then the reload commands of a service. Stops at the first failure and returns it. */
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

/** The result of giving one service its new staples. */
export type Reload =
  | (Success & { readonly kind: 'reloaded' })
  /** The service got its staples over its sockets, and needs no reload. */
  | (Success & { readonly kind: 'pushed'; readonly responses: number })
  /** The service needs a reload, which is left to the caller. */
  | { readonly kind: 'left'; readonly service: string; readonly message: string; readonly hint: string }
  | ReloadFailure;

interface Success {
  readonly service: string;
  /** The results of the live check, one for each certificate of each server of `live`. */
  readonly live: readonly LiveResult[];
  /** The message of a failed push, after which a reload succeeded. */
  readonly warning: string | undefined;
}

interface ReloadFailure {
  readonly kind: 'failed';
  readonly service: string;
  /** The step that failed. If a `test` failed, nothing was reloaded. If `live` failed, a reload had no effect on clients. */
  readonly step: Step | 'push' | 'live';
  readonly reason: string;
  /** The command that failed. */
  readonly command: Argv | undefined;
  readonly message: string;
  readonly hint: string;
  /** The last lines that the command wrote, or the messages of other failed pushes. Safe to show. */
  readonly output: readonly string[];
}
