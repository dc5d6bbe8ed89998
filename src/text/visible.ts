/** Characters that can move a cursor, colour a terminal, break a line or turn the direction of text. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Surrogate}\u2028\u2029]/u;
const ALL_UNSAFE = new RegExp(UNSAFE, 'gu');

const LONGEST_QUOTATION = 120;

/** The text with each unsafe character replaced by one harmless character, so that columns stay. */
export function visible(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(ALL_UNSAFE, (character) => {
    if (character === '\t') return ' ';
    const code = character.charCodeAt(0);
    // The block of control pictures has one for each of the first 32.
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

/** The first unsafe character as `U+001B`; undefined when there is none. */
export function unsafeCharacter(text: string): string | undefined {
  const found = UNSAFE.exec(text)?.[0];
  return found === undefined ? undefined : codePoint(found);
}

export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Text from a configuration or a folder, as it is put into a message. */
export function quote(text: string): string {
  const shown = text.length > LONGEST_QUOTATION ? `${text.slice(0, LONGEST_QUOTATION)}…` : text;
  return `"${visible(shown)}"`;
}
