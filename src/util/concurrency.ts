/** Makes a queue that runs one action after the other. An action that fails does not stop the later ones. */
export function serialQueue(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const next = last.then(action, action);
    last = next;
    return next;
  };
}

/** Passes items on in the order of their indexes, in whatever order they become ready. */
export function inOrder<T>(pass: (item: T) => void): { add(index: number, item: T): void; flush(): void } {
  const ready = new Map<number, T>();
  let next = 0;
  const release = (index: number, item: T): void => {
    ready.delete(index);
    next = index + 1;
    pass(item);
  };
  return {
    add: (index, item) => {
      ready.set(index, item);
      for (let one = ready.get(next); one !== undefined; one = ready.get(next)) release(next, one);
    },
    /** Passes on all that are ready, for the case that some never will be. */
    flush: () => {
      for (const [index, item] of [...ready].sort(([a], [b]) => a - b)) release(index, item);
    },
  };
}
