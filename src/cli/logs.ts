import { DateTime } from 'luxon';
import type { Configuration } from '../configuration/model.js';
import { describe, OcspbotError } from '../util/errors.js';
import { attention } from '../report/text.js';
import type { System } from '../system/system.js';
import type { Instant } from '../util/time.js';
import type { Sink, Sinks } from './console.js';

/**
 * Opens `output_log` and `error_log`; both may be the same file. Throws when one cannot be written. Of a disk that is
 * full later no run ends: errors that a file does not take go to `stderr`.
 */
export function openLogs(
  { outputLog, errorLog }: Pick<Configuration, 'outputLog' | 'errorLog'>,
  now: Instant,
  system: Pick<System, 'openLog'>,
  stderr: Sink,
): Pick<Sinks, 'outputLog' | 'errorLog'> {
  const output = outputLog && fillIn(outputLog, now);
  const errors = errorLog && fillIn(errorLog, now);
  const isShared = errors === output;
  const open = (path: string | undefined, instead: Sink) =>
    path === undefined ? undefined : untilFull(path, openLog(path, system), stderr, instead);
  const outputSink = open(output, isShared ? stderr : NOWHERE);
  // Of one file for both, each error is written once.
  if (isShared) return { errorLog: outputSink && NOWHERE, outputLog: outputSink };
  return { outputLog: outputSink, errorLog: open(errors, stderr) };
}

const NOWHERE: Sink = { write: () => undefined };

/** Says once that the file takes no more, and writes to `instead` from then on. */
function untilFull(path: string, log: Sink, stderr: Sink, instead: Sink): Sink {
  let sink = log;
  const write = (text: string): void => {
    try {
      sink.write(text);
    } catch (cause) {
      sink = instead;
      stderr.write(`${attention('warning', `the log file ${path} ends here: ${describe(cause)}`).text}\n`);
      sink.write(text);
    }
  };
  return { write };
}

function openLog(path: string, system: Pick<System, 'openLog'>): ReturnType<System['openLog']> {
  try {
    return system.openLog(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENXIO') throw unread(path, cause);
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

function unread(path: string, cause: unknown): OcspbotError {
  return new OcspbotError('write-failed', `the log file ${path} is a pipe that nobody reads`, {
    cause,
    hint: 'start its reader before, or put a file in its place; nothing was changed',
  });
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
