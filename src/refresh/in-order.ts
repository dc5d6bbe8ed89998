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
