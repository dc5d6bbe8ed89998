import { OcspbotError } from '../errors.js';

/** Values of options as node:util gives them. */
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** The command line is wrong. */
export function usage(message: string, hint = 'see ocspbot --help'): OcspbotError {
  return new OcspbotError('usage', message, { hint });
}
