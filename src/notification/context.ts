import type { Tools } from '../storage/tools.js';
import type { System } from '../system/system.js';

/** The means of a notification, and who hears of its failures. */
export interface NotificationContext {
  readonly system: Tools & Pick<System, 'commands' | 'openHttp' | 'environment'>;
  /** Aborted when the run must not wait for anybody. */
  readonly interruption: AbortSignal;
  warn(text: string, hint: string | undefined): void;
}
