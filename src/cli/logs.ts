import { attention } from '../report/text.js';
import type { System } from '../system/system.js';
import type { Instant } from '../util/time.js';
import type { Sink, Sinks } from './sinks.js';
import { type LogKey, type LogPaths, logTrouble } from './log-content.js';
import { notOpened, notWritten } from './log-fault.js';

export async function logPathsAt(now: Instant, { outputLog, errorLog }: LogPaths): Promise<LogPaths> {
  const [output, errors] = await Promise.all(
    [outputLog, errorLog].map((path) => fillPlaceholders(path, now)),
  );
  return { outputLog: output, errorLog: errors };
}

type LogSystem = Pick<System, 'openLog'> & { readonly files: Pick<System['files'], 'readBeginning'> };

/**
 * Opens `output_log` and `error_log`, which may be the same file, also by a link. Throws if one cannot be written, or is
 * plainly the file of somebody else. A disk that becomes full later stops no run: errors that cannot be written to the
 * file go to `stderr`.
 */
export function openLogs(
  { outputLog: output, errorLog: errors }: LogPaths,
  system: LogSystem,
  stderr: Sink,
): Pick<Sinks, 'outputLog' | 'errorLog'> {
  const open = (key: LogKey, path: string | undefined) =>
    path === undefined ? undefined : { path, ...openLog(key, path, system) };
  const outputFile = open('output_log', output);
  // A pipe is opened once.
  const errorFile = errors === output ? outputFile : open('error_log', errors);
  const isShared = errorFile?.file === outputFile?.file;
  const outputLog = outputFile && withFallback(outputFile, stderr, isShared ? stderr : DISCARD);
  // If both are one file, each error is written once.
  const errorLog = isShared ? DISCARD : errorFile && withFallback(errorFile, stderr, stderr);
  return { outputLog, errorLog: errorFile && errorLog };
}

const DISCARD: Sink = { write: () => undefined };

/** Writes to `log` until it fails, then warns once and writes to `fallback`. */
function withFallback(log: Sink & { readonly path: string }, stderr: Sink, fallback: Sink): Sink {
  let sink: Sink = log;
  const write = (text: string): void => {
    try {
      sink.write(text);
    } catch (cause) {
      sink = fallback;
      const { message, hint } = notWritten(log.path, cause);
      stderr.write(`${attention('warning', message, hint).text}\n`);
      sink.write(text);
    }
  };
  return { write };
}

function openLog(key: LogKey, path: string, system: LogSystem): ReturnType<System['openLog']> {
  const trouble = logTrouble(key, path, system.files);
  if (trouble !== undefined) throw trouble;
  try {
    return system.openLog(path);
  } catch (cause) {
    throw notOpened(path, cause);
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

/** Replaces the placeholders by local time, as the Python program did. */
async function fillPlaceholders(path: string | undefined, now: Instant): Promise<string | undefined> {
  if (path?.includes('{') !== true) return path;
  const { formatLocal } = await import('../util/calendar.js');
  return path.replaceAll(/\{([a-z]+)\}/g, (all, field: string) => {
    const format = FORMATS[field];
    return format === undefined ? all : formatLocal(now, format);
  });
}
