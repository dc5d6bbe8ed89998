/** Keys of sections, and names in mappings of names, whose values were refused and reported. */
const refused = new WeakMap<object, ReadonlySet<string>>();

export function noteRefused(section: object, keys: ReadonlySet<string>): void {
  if (keys.size > 0) refused.set(section, keys);
}

/**
 * Reports whether one of the keys is present and its value was refused. Then neither its default nor its absence may be
 * used: the administrator meant something else.
 */
export function isRefused<S extends object>(
  section: S,
  ...keys: readonly (S extends readonly unknown[] ? string : keyof S & string)[]
): boolean {
  return keys.some((key) => refused.get(section)?.has(key) === true);
}
