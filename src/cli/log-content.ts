import { dirname } from 'node:path';
import type { Configuration } from '../configuration/model.js';
import { resolveTarget } from '../installation/target.js';
import type { Files } from '../system/system.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { decodeText } from '../util/text.js';
import { recognize } from '../x509/file-kind.js';
import { notOpened } from './log-fault.js';

export type LogKey = 'output_log' | 'error_log';

/** The paths of `output_log` and `error_log`, without placeholders. */
export type LogPaths = Partial<Pick<Configuration, 'outputLog' | 'errorLog'>>;

/** Returns the trouble with a log file, which each run empties first, if its content is clearly no log, such as a key. */
export function logTrouble(
  key: LogKey,
  path: string,
  files: Pick<Files, 'readBeginning'>,
): OcspbotError | undefined {
  const content = otherContent(path, files);
  if (content === undefined) return undefined;
  return new OcspbotError('target-unsuitable', `${path} is not replaced: it holds ${content}, no log`, {
    hint: `name another file under "${key}"; if this one has no use, remove it`,
  });
}

/** Finds the troubles before a run. */
export function logTroubles(
  { outputLog, errorLog }: LogPaths,
  files: Files,
): { readonly what: LogKey; readonly error: OcspbotError }[] {
  const troubleOf = (what: LogKey, path: string | undefined) => {
    const error =
      path === undefined ? undefined : (logTrouble(what, path, files) ?? writeTrouble(path, files));
    return error === undefined ? [] : [{ what, error }];
  };
  return [...troubleOf('output_log', outputLog), ...troubleOf('error_log', errorLog)];
}

/** The errors of a path that can be that of a log. The rules of the configuration report the others. */
const REFUSALS: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Returns the reason why this user cannot write a log; undefined if there is none. */
function writeTrouble(path: string, files: Files): OcspbotError | undefined {
  try {
    files.checkWritable(writtenPlace(path, files));
    return undefined;
  } catch (cause) {
    return REFUSALS.has((cause as NodeJS.ErrnoException).code) ? notOpened(path, cause) : undefined;
  }
}

/** Returns the log, or the folder in which it is made. A link that leads to nothing is followed. */
function writtenPlace(path: string, files: Files): string {
  if (files.identity(path) !== undefined) return path;
  return files.facts(path)?.kind === 'link' ? resolveTarget(path, files).folder : dirname(path);
}

function otherContent(path: string, files: Pick<Files, 'readBeginning'>): string | undefined {
  try {
    return plainlyNoLog(files.readBeginning(path, LIMITS.logFile));
  } catch {
    // There is no file yet, or it is a device or a pipe. If it cannot be written, opening it reports that.
    return undefined;
  }
}

/** Returns the name of a content that is clearly no log. A crash may have left zeros at the end of a log. */
function plainlyNoLog(bytes: Uint8Array): string | undefined {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const written = bytes.subarray(0, end);
  const { kind, form, name } = recognize(written);
  switch (kind) {
    case 'empty':
    case 'text':
      return undefined;
    case 'unknown':
    case 'binary-with-text':
      // Text of another encoding, or with escape sequences, has no zeros.
      return written.includes(0) ? name : undefined;
    default:
      return form === 'PEM' && !PEM_LINE.test(decodeText(written)) ? undefined : name;
  }
}

/** Matches a line of PEM. Advice in a log has such text within a line. */
const PEM_LINE = /^\s*-----BEGIN /m;
