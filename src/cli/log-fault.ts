import { dirname } from 'node:path';
import { OcspbotError } from '../util/errors.js';
import { codeOf } from '../util/system-errors.js';

/** Makes the error of a log file that cannot be opened. A run does not begin without its logs. */
export function notOpened(path: string, cause: unknown): OcspbotError {
  return logError(path, cause, 'nothing was changed');
}

/** Makes the error of a log file that takes no more text. The run goes on. */
export function notWritten(path: string, cause: unknown): OcspbotError {
  return logError(path, cause, 'the log ends here, and the run goes on');
}

function logError(path: string, cause: unknown, consequence: string): OcspbotError {
  const { problem, hint } = faultOf(path, codeOf(cause) ?? String(cause));
  return new OcspbotError('write-failed', `the log file ${path} ${problem}`, {
    cause,
    hint: `${hint}; ${consequence}`,
  });
}

interface Fault {
  /** The end of a sentence whose subject is the path. */
  readonly problem: string;
  readonly hint: string;
}

const NOT_PERMITTED = 'let the user that runs ocspbot write there';

const FAULTS: ReadonlyMap<string, Fault> = new Map([
  ['EACCES', { problem: 'cannot be written: permission denied (EACCES)', hint: NOT_PERMITTED }],
  ['EPERM', { problem: 'cannot be written: operation not permitted (EPERM)', hint: NOT_PERMITTED }],
  ['EISDIR', { problem: 'is a folder', hint: 'name a file in it' }],
  ['ENOTDIR', { problem: 'cannot be written: its folder is a file', hint: 'name another place' }],
  ['ENAMETOOLONG', { problem: 'has a name that is too long', hint: 'give it a name of at most 255 bytes' }],
  ['ELOOP', { problem: 'is a link that leads in a circle', hint: 'correct the link' }],
  ['ENOSPC', { problem: 'cannot be written: the disk is full', hint: 'make room there' }],
  [
    'EDQUOT',
    { problem: 'cannot be written: the quota is used up', hint: 'make room there, or raise the quota' },
  ],
  [
    'EROFS',
    {
      problem: 'cannot be written: the disk is read-only',
      hint: 'name another place, or mount it writable (in a systemd unit: ReadWritePaths=)',
    },
  ],
  [
    'ENXIO',
    { problem: 'is a pipe that nobody reads', hint: 'start its reader before, or put a file in its place' },
  ],
  ['EAGAIN', { problem: 'is a pipe whose reader takes nothing', hint: 'see what its reader waits for' }],
  ['EPIPE', { problem: 'is a pipe whose reader has gone', hint: 'see why its reader has ended' }],
]);

function faultOf(path: string, code: string): Fault {
  if (code === 'ENOENT')
    return {
      problem: 'cannot be written: its folder does not exist',
      hint: `make the folder ${dirname(path)}, or that to which a link leads`,
    };
  const otherwise = {
    problem: `cannot be written (${code})`,
    hint: 'see what the system says about that path',
  };
  return FAULTS.get(code) ?? otherwise;
}
