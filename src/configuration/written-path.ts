import type { SourceRange } from './yaml/source.js';

/** Returns advice for a path that only a shell would expand; undefined for any other. */
export function hintForShellPath(range: SourceRange): string | undefined {
  const written = writtenPath(range);
  if (written.startsWith('~')) return 'write the whole path: ~ is not expanded here';
  if (/\$\{?\w/.test(written)) return 'write the whole path: variables are not expanded here';
  return /[*?]/.test(written) ? 'write the whole path: * and ? are not expanded here' : undefined;
}

/** Returns a path as it is written, for advice about it. */
export function writtenPath({ source, start, end }: SourceRange): string {
  return source.text.slice(start, end).replace(/^['"]/, '');
}
