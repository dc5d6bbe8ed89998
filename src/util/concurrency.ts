/** Runs what it is given one after the other, whether or not what went before has failed. */
export function inSequence(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const next = last.then(action, action);
    last = next;
    return next;
  };
}

type Once = <T>(certificate: string, words: string, send: () => Promise<T>) => Promise<T>;

/**
 * Of certificates that several entries have, what is put in the same words is put once, and all get the same reply.
 * For others nothing is kept: there may be ten thousand of them.
 */
export function onceForAll(findDuplicates: () => ReadonlySet<string>): Once {
  const replies = new Map<string, Promise<unknown>>();
  let duplicates: ReadonlySet<string> | undefined;
  return <T>(certificate: string, words: string, send: () => Promise<T>): Promise<T> => {
    duplicates ??= findDuplicates();
    if (!duplicates.has(certificate)) return send();
    const key = `${certificate} ${words}`;
    const known = replies.get(key) as Promise<T> | undefined;
    const reply = known ?? send();
    replies.set(key, reply);
    return reply;
  };
}

/** Things that are ready in any order, handed on in that of their indexes. */
export function inOrder<T>(handOn: (item: T) => void): { add(index: number, item: T): void; flush(): void } {
  const ready = new Map<number, T>();
  let next = 0;
  const release = (index: number, item: T): void => {
    ready.delete(index);
    next = index + 1;
    handOn(item);
  };
  return {
    add: (index, item) => {
      ready.set(index, item);
      for (let one = ready.get(next); one !== undefined; one = ready.get(next)) release(next, one);
    },
    /** Some will never be ready. */
    flush: () => {
      for (const [index, item] of [...ready].sort(([a], [b]) => a - b)) release(index, item);
    },
  };
}
