import { LIMITS } from '../defaults.js';

/** Bytes or text of others, safe to show on one line: anything but printable ASCII is escaped, `limit` characters at most. */
export function printable(content: Uint8Array | string, limit: number): string {
  if (typeof content === 'string' && content.length <= limit && PLAIN.test(content)) return content;
  const bytes = Buffer.from(
    typeof content === 'string' ? content.slice(0, limit + 1) : content.subarray(0, limit + 1),
  );
  let text = '';
  for (const byte of bytes) {
    const shown = escapeByte(byte);
    if (text.length + shown.length > limit) return `${text}…`;
    text += shown;
  }
  return text;
}

/** What is shown as it is, as most text is. */
const PLAIN = /^[ -[\]-~]*$/;

const NAMED: Readonly<Record<number, string>> = { 0x09: '\\t', 0x0a: '\\n', 0x0d: '\\r', 0x5c: '\\\\' };

function escapeByte(byte: number): string {
  const named = NAMED[byte];
  if (named !== undefined) return named;
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** A URL for a message: the request that a GET carries in its path is of use to nobody. */
export function shownUrl(url: string): string {
  return printable(url, LIMITS.shownUrl).replace(/(\/[A-Za-z0-9%]{12})[A-Za-z0-9%]{28,}(\u2026?)$/, '$1…');
}
