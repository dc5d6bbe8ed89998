/** Everything that moves a cursor, colours a terminal, or turns the direction of text, but for line breaks and tabs. */
// oxlint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What may be a URL with a user and a password, however malformed. */
const CREDENTIALS = /[^\s"'`]*:[^\s"'`]*@/g;

/**
 * Makes any text safe to show, on a terminal and in a log: names, arguments and URLs may come from anybody. Control
 * characters are escaped as JSON does it, and each character of a password becomes an asterisk, so that columns stay.
 */
export function presentable(text: string): string {
  return text
    .replaceAll(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll(/^.*@.*$/gm, (line) => line.replaceAll(CREDENTIALS, withoutPassword));
}

/** What hints show. */
const EXAMPLE = 'user:password@';

function withoutPassword(prefix: string): string {
  const start = /^[a-z][a-z0-9+.-]*:?\/\//i.exec(prefix)?.[0].length ?? 0;
  const colon = prefix.indexOf(':', start);
  if (colon < 0 || prefix.endsWith(EXAMPLE)) return prefix;
  return `${prefix.slice(0, colon + 1)}${'*'.repeat(prefix.length - colon - 2)}@`;
}
