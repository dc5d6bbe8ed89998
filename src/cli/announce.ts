import type { Configuration } from '../configuration/model.js';
import { isComplete } from '../run/work.js';
import type { Clock, Listener, RefreshOptions, Work } from '../run/types.js';
import type { Stop, System } from '../system/system.js';
import { toOcspbotError } from '../util/errors.js';

/**
 * The audience of a run: the files that it publishes, people who are told what has changed, and a dead man's switch.
 */
export interface Announcement {
  readonly listener: Pick<Listener, 'kept' | 'ended'>;
  /** Called when the run holds the lock. It waits for nobody. */
  begin(): void;
  /** Called if the run ends with an error. Never throws. */
  fail(error: unknown): Promise<void>;
}

interface AnnouncedRun {
  readonly configuration: Configuration;
  readonly options: RefreshOptions;
  readonly moment: Clock;
  readonly stop: Stop;
  readonly work: Work;
}

const NOBODY: Announcement = {
  listener: {},
  begin: () => undefined,
  fail: () => Promise.resolve(),
};

/** Opens what the configuration asks for. A dry run tells nobody. */
export async function openAnnouncement(
  { configuration, options, moment, stop, work }: AnnouncedRun,
  system: System,
  warn: Listener['warn'],
): Promise<Announcement> {
  const { publishFolder, metricsFile, htmlFile, notify } = configuration;
  // A run of some certificates says nothing of the others, so it must not calm a dead man's switch.
  const ping = isComplete(work, configuration) ? configuration.ping : undefined;
  const isShown = (publishFolder ?? metricsFile ?? htmlFile ?? notify) !== undefined;
  if (options.dryRun || (!isShown && ping === undefined)) return NOBODY;
  const tools = { ...system, now: moment.now };
  const publication = isShown
    ? (await import('../snapshot/publication.js')).openPublication(configuration, tools, warn)
    : undefined;
  const notification =
    (notify ?? ping) === undefined
      ? undefined
      : (await import('../notification/notification.js')).openNotification(
          { ...configuration, ping },
          { system: tools, interruption: stop.interruption, warn },
        );
  const ended: Listener['ended'] = async (end) => {
    const snapshot = await publication?.publish(end);
    if (snapshot !== undefined) await notification?.tell(snapshot);
    await notification?.end(end.isGood);
  };
  return {
    listener: { ...(publication && { kept: publication.kept }), ended },
    begin: () => notification?.begin(),
    // While another run is at work, that one tells how it ends: it may hang.
    fail: async (error) => {
      if (toOcspbotError(error).code !== 'locked') await notification?.end(false);
    },
  };
}
