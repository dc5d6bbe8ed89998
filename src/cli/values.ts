import type { ParseArgsConfig } from 'node:util';
import { OcspbotError } from '../util/errors.js';
import type { Option } from './options.js';

type ParseOptions = NonNullable<ParseArgsConfig['options']>;

/** Converts options for parseArgs of node:util. */
export function toParseOptions(options: readonly Option[]): ParseOptions {
  const entries = options.map(({ name, short, value, isRepeatable }) => {
    const type = value === undefined ? ('boolean' as const) : ('string' as const);
    return [
      name,
      { type, ...(short ? { short } : {}), ...(isRepeatable ? { multiple: true } : {}) },
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** Values of options as parseArgs of node:util returns them. */
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** Returns the value of an option that is given at most once. */
export function text(values: Values, name: string): string | undefined {
  return values[name] as string | undefined;
}

/** Makes the error for a wrong command line. Without a hint, the help of the command is named. */
export function usage(message: string, hint?: string): OcspbotError {
  return new OcspbotError('usage', message, { hint });
}
