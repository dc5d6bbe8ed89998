import { dirname } from 'node:path';
import type { Configuration } from '../configuration/model.js';
import type { Files } from '../system/system.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { decodeText } from '../util/text.js';
import { recognize } from '../x509/file-kind.js';
import { notOpened } from './log-fault.js';

export type LogKey = 'output_log' | 'error_log';

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

/** Finds the troubles before a run. The name of a log may depend on the time. */
export function logTroubles(
  { outputLog, errorLog }: Pick<Configuration, 'outputLog' | 'errorLog'>,
  files: Pick<Files, 'readBeginning' | 'checkWritable'>,
): { readonly what: LogKey; readonly error: OcspbotError }[] {
  const troubleOf = (what: LogKey, path: string | undefined) => {
    if (path === undefined || path.includes('{')) return [];
    const error = logTrouble(what, path, files) ?? writeTrouble(path, files);
    return error === undefined ? [] : [{ what, error }];
  };
  return [...troubleOf('output_log', outputLog), ...troubleOf('error_log', errorLog)];
}

/** The errors of a path that can be that of a log. The rules of the configuration report the others. */
const REFUSALS: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Returns the reason why this user cannot write a log; undefined if there is none. */
function writeTrouble(path: string, files: Pick<Files, 'checkWritable'>): OcspbotError | undefined {
  for (const checked of [path, dirname(path)]) {
    try {
      files.checkWritable(checked);
      return undefined;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'ENOENT') return REFUSALS.has(code) ? notOpened(path, cause) : undefined;
    }
  }
  return undefined;
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
