import { visible } from './visible.js';

/** A command as one would write it in a shell, safe to show on one line. */
export function shownCommand(argv: readonly string[]): string {
  return argv.map((word) => visible(/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word))).join(' ');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
