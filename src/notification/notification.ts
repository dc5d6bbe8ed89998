import type { Configuration } from '../configuration/model.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Flaw } from '../storage/record-files.js';
import type { Tools } from '../storage/tools.js';
import type { System } from '../system/system.js';
import { describe, toOcspbotError } from '../util/errors.js';
import { DEFAULTS, LIMITS } from '../util/limits.js';
import { type Change, changesSince } from './changes.js';
import { documentOf } from './document.js';
import { NOTHING_UNSENT, type Outbox, readOutbox, type Unsent, withChanges, writeOutbox } from './outbox.js';
import { type Receiver, receiversOf } from './receivers.js';
import { openWebhooks, originOf } from './webhook.js';

/** Tells others of a run: a dead man's switch that it takes place, and people what has changed. */
export interface Notification {
  /** Called when the run begins. It waits for nobody. */
  begin(): void;
  /** Tells what has changed since it was told last, before the caller gets the report. Never throws. */
  tell(snapshot: Snapshot): Promise<void>;
  /** Called with the outcome, before the caller gets the report. Never throws. */
  end(isGood: boolean): Promise<void>;
}

interface NotificationContext {
  readonly system: Tools & Pick<System, 'commands' | 'openHttp' | 'environment'>;
  /** Aborted when the run must not wait for anybody. */
  readonly interruption: AbortSignal;
  warn(text: string, hint: string | undefined): void;
}

export function openNotification(
  { notify, ping, http, ownState, path }: Configuration,
  { system, interruption, warn }: NotificationContext,
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
  const tellChanges = async (snapshot: Snapshot, receivers: readonly Receiver[]): Promise<void> => {
    const known = readOutbox(ownState.folder, system);
    const { severities, changes } = changesSince(known.content.severities, snapshot);
    const unsent = unsentWith(changes, known.content.unsent, receivers);
    const waiting = receivers.filter(({ key }) => hasChanges(unsent.get(key)));
    if (waiting.length === 0 && changes.length === 0) return;
    const write = async (flaw?: Flaw) => {
      const records = { content: { severities, unsent }, flaw };
      for (const note of await writeOutbox(ownState.folder, records, system)) warn(note, undefined);
    };
    await write(known.flaw);
    const origin = { host: system.processes.self.host, configuration: path, now: snapshot.now };
    for (const { key, title, send } of waiting) {
      // A run that was interrupted leaves it to the next one.
      if (interruption.aborted) return;
      const problem = await send(documentOf(unsent.get(key) ?? NOTHING_UNSENT, origin));
      if (problem === undefined) {
        unsent.set(key, NOTHING_UNSENT);
        await write();
      } else warn(`the notification ${title} failed: ${problem}`, 'the next run tries again');
    }
  };
  return {
    begin: () => {
      begun = call(ping?.start);
    },
    tell: async (snapshot) => {
      if (notify === undefined) return;
      await tellChanges(snapshot, receiversOf(notify, { commands: system.commands, webhooks })).catch(
        (error: unknown) => warn(describe(error), toOcspbotError(error).hint),
      );
    },
    end: async (isGood) => {
      await begun;
      await call(isGood ? ping?.success : ping?.attention);
      await webhooks.close();
    },
  };
}

function hasChanges(unsent: Unsent | undefined): boolean {
  return unsent !== undefined && unsent.changes.length > 0;
}

/** Adds changes to what each receiver has not been told yet. A receiver that is new takes over from one that is gone. */
function unsentWith(
  changes: readonly Change[],
  known: Outbox['unsent'],
  receivers: readonly Receiver[],
): Map<string, Unsent> {
  const keys = receivers.map(({ key }) => key);
  const left = [...known].filter(([key]) => !keys.includes(key)).map(([, unsent]) => unsent);
  const bytes = LIMITS.unsentBytes / receivers.length;
  return new Map(
    keys.map((key) => {
      const before = known.get(key) ?? left.shift() ?? NOTHING_UNSENT;
      return [key, withChanges(before, changes, bytes)] as const;
    }),
  );
}
