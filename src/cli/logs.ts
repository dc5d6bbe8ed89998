import { DateTime } from 'luxon';
import type { Configuration } from '../configuration/model.js';
import { OcspbotError } from '../errors.js';
import type { System } from '../system/system.js';
import type { Instant } from '../time/instant.js';
import type { Sinks } from './console.js';

/** Opens `output_log` and `error_log`; both may be the same file. Throws when one cannot be written. */
export function openLogs(
  { outputLog, errorLog }: Pick<Configuration, 'outputLog' | 'errorLog'>,
  now: Instant,
  system: Pick<System, 'openLog'>,
): Pick<Sinks, 'outputLog' | 'errorLog'> {
  const output = outputLog && fillIn(outputLog, now);
  const errors = errorLog && fillIn(errorLog, now);
  const open = (path: string | undefined) => (path === undefined ? undefined : openLog(path, system));
  const outputSink = open(output);
  // Of one file for both, each error is written once.
  if (errors === output) return { errorLog: outputSink && { write: () => undefined }, outputLog: outputSink };
  return { outputLog: outputSink, errorLog: open(errors) };
}

function openLog(path: string, system: Pick<System, 'openLog'>): ReturnType<System['openLog']> {
  try {
    return system.openLog(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new OcspbotError(
      'write-failed',
      `the log file ${path} cannot be written (${code ?? String(cause)})`,
      {
        cause,
        hint: 'make its folder, or let the user that runs ocspbot write there; nothing was changed',
      },
    );
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  year: 'yyyy',
  month: 'MM',
  day: 'dd',
  hour: 'HH',
  minute: 'mm',
  second: 'ss',
};

/** Names of log files are for people of the place: local time, as in the Python program. */
function fillIn(path: string, now: Instant): string {
  const time = DateTime.fromMillis(now);
  return path.replaceAll(/\{([a-z]+)\}/g, (all, field: string) => {
    const format = FORMATS[field];
    return format === undefined ? all : time.toFormat(format);
  });
}
