/**
 * Errors of Linux for which libuv has no name. Node.js shows most of them as `Unknown system error -122`, and those of some
 * synchronous calls, such as fs.writeSync, as `UNKNOWN: unknown error`.
 */
const UNNAMED: ReadonlyMap<unknown, readonly [name: string, words: string]> = new Map([
  [-74, ['EBADMSG', 'bad message']],
  [-116, ['ESTALE', 'stale file handle']],
  [-117, ['EUCLEAN', 'structure needs cleaning']],
  [-122, ['EDQUOT', 'disk quota exceeded']],
]);

/** Returns the code of an error, or the name of one to which Node.js gives none: `EDQUOT`; undefined if it has no code. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined;
  return unnamed(error)?.[0] ?? error.code;
}

/** Returns the message of an error, also of one to which Node.js gives no name: `EDQUOT: disk quota exceeded, open '/a'`. */
export function messageOf(error: Error): string {
  const known = unnamed(error);
  if (known === undefined) return error.message;
  return error.message.replace(
    /^(?:(Unknown system error -\d+): \1|UNKNOWN: unknown error)/,
    known.join(': '),
  );
}

/** Returns the words of a failed system call without its path: `permission denied (EACCES)`. */
export function systemWords(error: Error): string {
  return messageOf(error).replace(/^([A-Z]+): (.+?), [a-z]+(?: '.*)?$/s, '$2 ($1)');
}

function unnamed(error: Error): readonly [name: string, words: string] | undefined {
  return 'errno' in error ? UNNAMED.get(error.errno) : undefined;
}
