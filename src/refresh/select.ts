import type { Configuration, Entry } from '../configuration/model.js';
import { OcspbotError } from '../errors.js';
import { shownCommand } from '../text/command.js';

/** The entries that `--only` names, by name or by glob (`*`, `?`). Throws `usage` for one that names nothing. */
export function selectEntries(
  { entries, file }: Pick<Configuration, 'entries' | 'file'>,
  only: readonly string[],
): readonly Entry[] {
  if (only.length === 0) return entries;
  const patterns = only.map((text) => ({ text, matches: matcher(text, entries) }));
  for (const { text, matches } of patterns) {
    if (!entries.some(({ name }) => matches(name))) {
      throw new OcspbotError('usage', `--only ${text}: no certificate has such a name`, {
        hint: seeNames(file),
      });
    }
  }
  return entries.filter(({ name }) => patterns.some(({ matches }) => matches(name)));
}

export function seeNames(file: string): string {
  return `see the names with: ${shownCommand(['ocspbot', 'validate', '--verbose', file])}`;
}

/** A name may itself have an asterisk in it (`*.example.com`): then it means just that one. */
function matcher(text: string, entries: readonly Entry[]): (name: string) => boolean {
  if (entries.some(({ name }) => name === text)) return (name) => name === text;
  const escaped = text.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  const glob = new RegExp(`^${escaped.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`, 'su');
  return (name) => glob.test(name);
}
