type Once = <T>(certificate: string, words: string, put: () => Promise<T>) => Promise<T>;

/**
 * Of certificates that several entries have, what is put in the same words is put once, and all get the same reply.
 * For others nothing is kept: there may be ten thousand of them.
 */
export function onceForAll(findTwins: () => ReadonlySet<string>): Once {
  const replies = new Map<string, Promise<unknown>>();
  let twins: ReadonlySet<string> | undefined;
  return <T>(certificate: string, words: string, put: () => Promise<T>): Promise<T> => {
    twins ??= findTwins();
    if (!twins.has(certificate)) return put();
    const key = `${certificate} ${words}`;
    const known = replies.get(key) as Promise<T> | undefined;
    const reply = known ?? put();
    replies.set(key, reply);
    return reply;
  };
}
