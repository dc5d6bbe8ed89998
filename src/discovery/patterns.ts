import { basename, dirname } from 'node:path';

/** Reports whether a path has wildcards of glob(7). */
export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** Translates one component of a pattern. As in glob(7), a wildcard does not match a dot at the beginning. */
export function componentMatcher(pattern: string): (name: string) => boolean {
  const source = pattern.replaceAll(/\[!?[^\]]+\]|\*+|[\s\S]/g, (part) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return classOf(part.slice(1, -1));
    return part.replace(/[\\^$.|+()[\]{}/-]/, '\\$&');
  });
  const expression = new RegExp(`^${source}$`, 's');
  return (name) => (pattern.startsWith('.') || !name.startsWith('.')) && expression.test(name);
}

/** Translates the content of square brackets. A range that ends before it begins has no characters. */
function classOf(content: string): string {
  const isNegated = content.startsWith('!');
  const ranges = content
    .slice(isNegated ? 1 : 0)
    .replaceAll(/(.)-(.)|./gs, (part, from?: string, to?: string) => {
      if (from === undefined || to === undefined) return escaped(part);
      return from > to ? '' : `${escaped(from)}-${escaped(to)}`;
    });
  return `[${isNegated ? '^' : ''}${ranges}]`;
}

function escaped(character: string): string {
  return /[\\[\]^-]/.test(character) ? `\\${character}` : character;
}

/**
 * Finds the paths that match a pattern. `byFolder` has the paths by their folders, so that a pattern costs only the
 * names of the folders that it names.
 */
export function matchPattern(pattern: string, byFolder: ReadonlyMap<string, readonly string[]>): string[] {
  const folder = dirname(pattern);
  const isFile = componentMatcher(basename(pattern));
  const folders = isPattern(folder) ? [...byFolder.keys()].filter(pathMatcher(folder)) : [folder];
  return folders
    .flatMap((one) => byFolder.get(one) ?? [])
    .filter((path) => isFile(basename(path)))
    .toSorted();
}

function pathMatcher(pattern: string): (path: string) => boolean {
  const matchers = pattern.split('/').map(componentMatcher);
  return (path) => {
    const parts = path.split('/');
    return parts.length === matchers.length && parts.every((part, index) => matchers[index]?.(part));
  };
}
