/** Errors of Linux for which libuv has no name: Node.js shows `Unknown system error -122` as their code and as their words. */
const UNNAMED: ReadonlyMap<string, readonly [name: string, words: string]> = new Map([
  ['Unknown system error -74', ['EBADMSG', 'bad message']],
  ['Unknown system error -116', ['ESTALE', 'stale file handle']],
  ['Unknown system error -117', ['EUCLEAN', 'structure needs cleaning']],
  ['Unknown system error -122', ['EDQUOT', 'disk quota exceeded']],
]);

/** Returns the code of an error, or the name of one to which Node.js gives none: `EDQUOT`; undefined if it has no code. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined;
  return UNNAMED.get(error.code)?.[0] ?? error.code;
}

/** Replaces the codes of nameless errors in a message: `EDQUOT: disk quota exceeded, open '/a'`. */
export function nameErrors(message: string): string {
  return message.replaceAll(/(Unknown system error -\d+): \1/g, (all, code: string) => {
    const known = UNNAMED.get(code);
    return known === undefined ? all : known.join(': ');
  });
}

/** Returns the words of a failed system call without its path: `permission denied (EACCES)`. */
export function systemWords({ message }: Error): string {
  return nameErrors(message).replace(/^([A-Z]+): (.+?), [a-z]+(?: '.*)?$/s, '$2 ($1)');
}
