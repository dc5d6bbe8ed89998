import type { Configuration } from '../configuration/model.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { describe, toOcspbotError } from '../util/errors.js';
import type { NotificationContext } from './context.js';
import { openPing } from './ping.js';
import { receiversOf } from './receivers.js';
import { tellChanges } from './tell-changes.js';
import { openWebhooks } from './webhook.js';

/** Tells others of a run: a dead man's switch that it takes place, and people what has changed. */
export interface Notification {
  /** Called when the run begins. It waits for nobody. */
  begin(): void;
  /** Tells what has changed since it was told last, before the caller gets the report. Never throws. */
  tell(snapshot: Snapshot): Promise<void>;
  /** Called with the outcome, before the caller gets the report. Never throws. */
  end(isGood: boolean): Promise<void>;
}

export function openNotification(configuration: Configuration, context: NotificationContext): Notification {
  const { notify, http } = configuration;
  const { system, interruption, warn } = context;
  const webhooks = openWebhooks(http, interruption, system);
  const ping = openPing(configuration.ping, webhooks, context);
  return {
    begin: ping.begin,
    tell: async (snapshot) => {
      if (notify === undefined) return;
      const receivers = receiversOf(notify, { commands: system.commands, webhooks });
      await tellChanges(snapshot, receivers, configuration, context).catch((error: unknown) =>
        warn(describe(error), toOcspbotError(error).hint),
      );
    },
    end: async (isGood) => {
      await ping.end(isGood);
      await webhooks.close();
    },
  };
}
