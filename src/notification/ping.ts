import type { PingUrls } from '../configuration/model.js';
import { DEFAULTS } from '../util/limits.js';
import type { NotificationContext } from './context.js';
import { originOf, type Webhooks } from './webhook.js';

/** The calls of a dead man's switch. Only the first failure of a run is reported. */
export interface Ping {
  /** Tells that the run has begun. It waits for nobody. */
  begin(): void;
  /** Tells how the run has ended. Never throws. */
  end(isGood: boolean): Promise<void>;
}

export function openPing(
  urls: PingUrls | undefined,
  webhooks: Webhooks,
  { interruption, warn }: Pick<NotificationContext, 'interruption' | 'warn'>,
): Ping {
  let begun = Promise.resolve();
  let hasFailed = false;
  const call = async (url: string | undefined): Promise<void> => {
    if (url === undefined || interruption.aborted) return;
    const problem = await webhooks.send(url, DEFAULTS.notifyTimeout);
    if (problem === undefined || hasFailed) return;
    hasFailed = true;
    warn(`the ping of ${originOf(url)} failed: ${problem}`, 'see "ping" in the configuration');
  };
  return {
    begin: () => {
      begun = call(urls?.start);
    },
    end: async (isGood) => {
      await begun;
      await call(isGood ? urls?.success : urls?.attention);
    },
  };
}
