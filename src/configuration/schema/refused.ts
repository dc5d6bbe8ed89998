/** The keys of sections, and the names in mappings of names, whose values were refused and reported. */
const refused = new WeakMap<object, ReadonlySet<string>>();

export function noteRefused(section: object, keys: ReadonlySet<string>): void {
  if (keys.size > 0) refused.set(section, keys);
}

/**
 * Whether one of the keys is there, but its value was refused. Then nothing must be concluded from its default, nor
 * from its absence: whoever wrote it wanted something else.
 */
export function isRefused<S extends object>(
  section: S,
  ...keys: readonly (S extends readonly unknown[] ? string : keyof S & string)[]
): boolean {
  return keys.some((key) => refused.get(section)?.has(key) === true);
}
