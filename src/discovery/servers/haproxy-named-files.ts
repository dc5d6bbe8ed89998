import { isAbsolute, join } from 'node:path';

/** The files that a line of HAProxy's configuration names beside the certificate. HAProxy then looks for no others. */
export interface NamedFiles {
  readonly ocsp: string | undefined;
  readonly issuer: string | undefined;
}

/** The options that name files (HAProxy 3.0, ckch_store_new_load_files_conf). */
const NAMING = ['key', 'ocsp', 'issuer', 'sctl'];

/** Returns the files that the options of a line name; undefined if they name none. `base` is the folder of relative paths. */
export function namedFiles(words: readonly string[], base: string): NamedFiles | undefined {
  if (!NAMING.some((option) => words.includes(option))) return undefined;
  return { ocsp: fileAfter('ocsp', words, base), issuer: fileAfter('issuer', words, base) };
}

function fileAfter(option: string, words: readonly string[], base: string): string | undefined {
  const [path] = valuesAfter(words, option);
  return path === undefined || isAbsolute(path) ? path : join(base, path);
}

/** Returns the words that follow a keyword, wherever it is. */
export function valuesAfter(words: readonly string[], keyword: string): string[] {
  return words.filter((_, index) => index > 0 && words[index - 1] === keyword);
}
