import type { Configuration } from '../configuration/model.js';
import type { Clock, Listener, RefreshOptions } from '../run/types.js';
import type { Stop, System } from '../system/system.js';
import { toOcspbotError } from '../util/errors.js';

/**
 * The audience of a run: the files that it publishes, people who are told what has changed, and a dead man's switch.
 */
export interface Announcement {
  readonly listener: Pick<Listener, 'kept' | 'publish'>;
  /** Called before the run. It waits for nobody. */
  begin(): void;
  /** Called if the run ends with an error. Never throws. */
  fail(error: unknown): Promise<void>;
}

interface AnnouncedRun {
  readonly configuration: Configuration;
  readonly options: RefreshOptions;
  readonly moment: Clock;
  readonly stop: Stop;
}

const NOBODY: Announcement = {
  listener: {},
  begin: () => undefined,
  fail: () => Promise.resolve(),
};

/** Opens what the configuration asks for. A dry run tells nobody. */
export async function openAnnouncement(
  { configuration, options, moment, stop }: AnnouncedRun,
  system: System,
  warn: Listener['warn'],
): Promise<Announcement> {
  const { publishFolder, metricsFile, htmlFile, notify, ping } = configuration;
  const isShown = (publishFolder ?? metricsFile ?? htmlFile ?? notify) !== undefined;
  if (options.dryRun || (!isShown && ping === undefined)) return NOBODY;
  const tools = { ...system, now: moment.now };
  const publication = isShown
    ? (await import('../snapshot/publication.js')).openPublication(configuration, tools, warn)
    : undefined;
  const notification =
    (notify ?? ping) === undefined
      ? undefined
      : (await import('../notification/notification.js')).openNotification(configuration, {
          ...{ system: tools, interruption: stop.interruption, warn },
        });
  const publish: Listener['publish'] = async (end) => {
    const snapshot = await publication?.publish(end);
    if (snapshot !== undefined) await notification?.tell(snapshot);
    await notification?.end(end.isGood);
  };
  return {
    listener: { ...(publication && { kept: publication.kept }), publish },
    begin: () => notification?.begin(),
    // While another run is at work, nothing is wrong with this one.
    fail: async (error) => await notification?.end(toOcspbotError(error).code === 'locked'),
  };
}
