import { toLatin1 } from './bytes.js';

/** The lengths to which foreign texts are cut in messages. */
export const SHOWN = {
  /** Characters of a URL. */
  url: 300,
  /** Lines of a command's output, and characters of a line. */
  lines: 10,
  line: 200,
} as const;

/**
 * Makes foreign bytes or text safe to show on one line: escapes all but printable ASCII, cuts at `limit` characters.
 */
export function printable(content: Uint8Array | string, limit: number): string {
  if (typeof content === 'string' && content.length <= limit && PLAIN.test(content)) return content;
  const bytes = Buffer.from(
    typeof content === 'string'
      ? withoutPasswords(content).slice(0, limit + 1)
      : content.subarray(0, limit + 1),
  );
  let text = '';
  for (const byte of bytes) {
    const shown = escapeByte(byte);
    if (text.length + shown.length > limit) return `${text}…`;
    text += shown;
  }
  return text;
}

/** Matches text that needs no escapes, which is the usual case. */
const PLAIN = /^[ -[\]-~]*$/;

const NAMED: Readonly<Record<number, string>> = { 0x09: '\\t', 0x0a: '\\n', 0x0d: '\\r', 0x5c: '\\\\' };

function escapeByte(byte: number): string {
  const named = NAMED[byte];
  if (named !== undefined) return named;
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** Returns a URL for a message. The request that a GET has in its path is cut, because it tells nobody anything. */
export function shownUrl(url: string): string {
  return printable(url, SHOWN.url).replace(/(\/[A-Za-z0-9%]{12})[A-Za-z0-9%]{28,}(\u2026?)$/, '$1…');
}

/** Characters that can move a cursor, colour a terminal, break a line or turn the direction of text. */
// Cc, Bidi_Control and Surrogate of Unicode, and its two line breaks. V8 takes long for the names of such sets.
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\u{d800}-\u{dfff}]/u;
const ALL_UNSAFE = new RegExp(UNSAFE, 'gu');

const LONGEST_QUOTATION = 120;

/** Replaces each unsafe character by one harmless character, so that columns stay the same. */
export function visible(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(ALL_UNSAFE, (character) => {
    if (character === '\t') return ' ';
    const code = character.charCodeAt(0);
    // The Unicode block of control pictures has one for each of the first 32 characters.
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

/** Matches one character that is not unsafe, in a JSON Schema. */
export const SAFE = UNSAFE.source.replace('[', '[^');

/** Returns the first unsafe character as `U+001B`; undefined when there is none. */
export function unsafeCharacter(text: string): string | undefined {
  const found = UNSAFE.exec(text)?.[0];
  return found === undefined ? undefined : codePoint(found);
}

export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Returns the text without that character at its end, in linear time: a pattern such as `/x+$/` takes quadratic time. */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}

/** Quotes text from a configuration or a folder for a message. */
export function quote(text: string): string {
  return `"${visible(cut(text, LONGEST_QUOTATION))}"`;
}

/** Characters that move a cursor, colour a terminal or turn the direction of text, except line breaks and tabs. */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Matches what may hold a URL with a user and a password, however malformed. */
const WORD = /[^\s"'`]+/g;

/**
 * Makes any text safe to show on a terminal and in a log, because names, arguments and URLs may come from anybody.
 * Control characters are escaped as in JSON. Each character of a password becomes an asterisk, so that columns stay.
 */
export function presentable(text: string): string {
  return withoutPasswords(
    text.replaceAll(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

function withoutPasswords(text: string): string {
  return text.includes('@') ? text.replaceAll(WORD, withoutPassword) : text;
}

/** The user and password that hints show as an example. */
const EXAMPLE = 'user:password@';

/** Looks for characters from the ends of the word, since a pattern takes quadratic time for a long word of a stranger. */
function withoutPassword(word: string): string {
  const end = word.lastIndexOf('@') + 1;
  return end === 0 ? word : hidePassword(word.slice(0, end)) + word.slice(end);
}

function hidePassword(prefix: string): string {
  const start = /^[a-z][a-z0-9+.-]*:?\/\//i.exec(prefix)?.[0].length ?? 0;
  const colon = prefix.indexOf(':', start);
  if (colon < 0 || prefix.endsWith(EXAMPLE)) return prefix;
  return `${prefix.slice(0, colon + 1)}${'*'.repeat(prefix.length - colon - 2)}@`;
}

/** Formats a command as it is written in a shell, safe to show on one line. */
export function shownCommand(argv: readonly string[]): string {
  return argv.map((word) => visible(/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word))).join(' ');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Joins the first texts of a list, and says how many more there are. */
export function firstOf(texts: readonly string[], most: number): string {
  const more = texts.length > most ? ` and ${texts.length - most} more` : '';
  return texts.slice(0, most).join(', ') + more;
}

/** Returns the last lines of a program's output that are not empty, safe to show. */
export function lastLines(output: string): string[] {
  const lines = output.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return lines.slice(-SHOWN.lines).map((line) => visible(cut(line.trimEnd(), SHOWN.line)));
}

/** Cuts a text that is too long. Passwords are hidden before, because half of one would not be recognized. */
export function cut(text: string, limit: number): string {
  return text.length > limit ? `${withoutPasswords(text).slice(0, limit)}…` : text;
}

/**
 * Decodes a file whose text is essentially ASCII. UTF-16, which PowerShell writes, is recognized by its byte order mark
 * or by the zeros of its first characters. In any other file each byte becomes one character.
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return littleEndian(bytes.subarray(2));
  if (first === 0xfe && second === 0xff) return bigEndian(bytes.subarray(2));
  if (isAscii(first) && second === 0 && isAscii(third) && fourth === 0) return littleEndian(bytes);
  if (first === 0 && isAscii(second) && third === 0 && isAscii(fourth)) return bigEndian(bytes);
  return toLatin1(bytes);
}

function isAscii(byte: number | undefined): boolean {
  return (
    byte !== undefined && (byte === 0x09 || byte === 0x0a || byte === 0x0d || (byte >= 0x20 && byte < 0x7f))
  );
}

function littleEndian(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf16le');
}

function bigEndian(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
}
