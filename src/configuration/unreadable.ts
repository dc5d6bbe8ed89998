import { OcspbotError } from '../util/errors.js';
import { DEFAULTS } from '../util/limits.js';
import { readFailure } from '../util/read-failure.js';
import { quote } from '../util/text.js';
import { errnoOf } from './file-lookup.js';

const [NEAR, COMMON] = DEFAULTS.configurationFiles;

/** Makes the error for a configuration that cannot be read. */
export function unreadable(path: string, error: unknown): OcspbotError {
  const code = errnoOf(error);
  const name = quote(path);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return refusal(
        `there is no configuration ${name}`,
        `name one on the command line: ocspbot FILE; without FILE it is ${NEAR} in the working directory, or else ${COMMON}`,
        error,
      );
    case 'EISDIR':
      return refusal(`${name} is a folder, not a configuration`, 'name the file in it', error);
    case 'EACCES':
    case 'EPERM':
      return refusal(
        `the configuration ${name} cannot be read: permission denied`,
        'let the user that runs ocspbot read it, or name another one: ocspbot FILE',
        error,
      );
    case 'EFBIG':
      return refusal(
        `${name} is too large for a configuration`,
        'name the configuration: a text file in YAML',
        error,
      );
    default: {
      const { problem, hint } = readFailure(error);
      return refusal(`the configuration ${name} ${problem}`, hint, error);
    }
  }
}

function refusal(message: string, hint: string, cause: unknown): OcspbotError {
  return new OcspbotError('configuration-unreadable', message, { hint, cause });
}
