import type { Configuration, NotifySettings } from '../configuration/model.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Tools } from '../storage/tools.js';
import type { CommandResult, System } from '../system/system.js';
import { describe, toOcspbotError } from '../util/errors.js';
import { DEFAULTS } from '../util/limits.js';
import { lastLines, shownCommand } from '../util/text.js';
import { formatDuration } from '../util/time.js';
import { type Change, changesSince } from './changes.js';
import { documentOf } from './document.js';
import {
  type Channel,
  CHANNELS,
  NOTHING_UNSENT,
  type Outbox,
  readOutbox,
  type Unsent,
  withChanges,
  writeOutbox,
} from './outbox.js';
import { openWebhooks, originOf, type Webhooks } from './webhook.js';

/** Tells others of a run: a dead man's switch that it takes place, and people what has changed. */
export interface Notification {
  /** Called when the run begins. It waits for nobody. */
  begin(): void;
  /** Tells what has changed since it was told last, before the caller gets the report. Never throws. */
  tell(snapshot: Snapshot): Promise<void>;
  /** Called with the outcome, before the caller gets the report. Never throws. */
  end(isGood: boolean): Promise<void>;
}

interface Means {
  readonly system: Tools & Pick<System, 'commands' | 'openHttp' | 'environment'>;
  /** Aborted when the run must not wait for anybody. */
  readonly interruption: AbortSignal;
  warn(text: string, hint: string | undefined): void;
}

export function openNotification(
  { notify, ping, http, ownState, path }: Configuration,
  { system, interruption, warn }: Means,
): Notification {
  const webhooks = openWebhooks(http, interruption, system);
  let isToldOfPing = false;
  const call = async (url: string | undefined): Promise<void> => {
    if (url === undefined || interruption.aborted) return;
    const problem = await webhooks.send(url, DEFAULTS.notifyTimeout);
    if (problem === undefined || isToldOfPing) return;
    isToldOfPing = true;
    warn(`the ping of ${originOf(url)} failed: ${problem}`, 'see "ping" in the configuration');
  };
  let begun = Promise.resolve();
  const tellChanges = async (snapshot: Snapshot, settings: NotifySettings): Promise<void> => {
    const known = readOutbox(ownState.folder, system);
    const { severities, changes } = changesSince(known.content.severities, snapshot);
    const unsent = unsentWith(changes, known.content.unsent, settings);
    const waiting = CHANNELS.filter((channel) => unsent[channel].changes.length > 0);
    if (waiting.length === 0 && changes.length === 0) return;
    const write = async (damage?: string) => {
      const records = { content: { severities, unsent }, damage };
      for (const note of await writeOutbox(ownState.folder, records, system)) warn(note, undefined);
    };
    await write(known.damage);
    const origin = { host: system.processes.self.host, configuration: path, now: snapshot.now };
    const couriers = { commands: system.commands, webhooks };
    for (const channel of waiting) {
      // A run that was interrupted leaves it to the next one.
      if (interruption.aborted) return;
      const problems = await deliver(channel, documentOf(unsent[channel], origin), settings, couriers);
      for (const problem of problems) warn(problem, 'the next run tries again');
      if (problems.length > 0) continue;
      unsent[channel] = NOTHING_UNSENT;
      await write();
    }
  };
  return {
    begin: () => {
      begun = call(ping?.start);
    },
    tell: async (snapshot) => {
      if (notify === undefined) return;
      await tellChanges(snapshot, notify).catch((error: unknown) =>
        warn(describe(error), toOcspbotError(error).hint),
      );
    },
    end: async (isGood) => {
      await begun;
      await call(isGood ? ping?.success : ping?.attention);
      await webhooks.close();
    },
  };
}

/** Adds changes to what each channel that is configured has not told yet. */
function unsentWith(
  changes: readonly Change[],
  known: Outbox['unsent'],
  { commands, url }: NotifySettings,
): Record<Channel, Unsent> {
  return {
    command: commands.length === 0 ? NOTHING_UNSENT : withChanges(known.command, changes),
    url: url === undefined ? NOTHING_UNSENT : withChanges(known.url, changes),
  };
}

interface Couriers {
  readonly commands: System['commands'];
  readonly webhooks: Webhooks;
}

/** Delivers a document. Returns what went wrong; then all of it is delivered again. */
async function deliver(
  channel: Channel,
  document: string,
  { commands, url = '', timeout }: NotifySettings,
  couriers: Couriers,
): Promise<string[]> {
  if (channel === 'url') {
    const problem = await couriers.webhooks.send(url, timeout, document);
    return problem === undefined ? [] : [`the notification of ${originOf(url)} failed: ${problem}`];
  }
  const problems: string[] = [];
  for (const command of commands) {
    const result = await couriers.commands.run(command, { timeout, input: document });
    const problem = problemOf(result, formatDuration(timeout));
    if (problem !== undefined)
      problems.push(`the notification by ${shownCommand(command)} failed: ${problem}`);
  }
  return problems;
}

function problemOf(result: CommandResult, limit: string): string | undefined {
  switch (result.kind) {
    case 'succeeded':
      return undefined;
    case 'not-started':
      return `it cannot be started (${result.code})`;
    case 'timed-out':
      return `it did not end within ${limit}`;
    case 'killed':
      return `it was ended by ${result.signal}`;
    case 'failed': {
      const [last] = lastLines(result.output).slice(-1);
      return `it ended with status ${result.status}${last === undefined ? '' : `: ${last}`}`;
    }
  }
}
