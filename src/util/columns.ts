import { visible } from './text.js';

/** Characters that a terminal draws in two columns: East Asian wide ones (UAX #11) and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Characters that a terminal draws over the one before. */
const NARROW = /[\p{Mn}\p{Me}\p{Cf}]/u;

const ASCII = /^[ -~]*$/;

/** Returns the number of columns that a terminal needs for a text without control characters. */
export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  return [...text].reduce((sum, character) => sum + columnsOfOne(character), 0);
}

function columnsOfOne(character: string): number {
  if (NARROW.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Makes a text exactly so wide: without control characters, padded, or cut in its middle, since names differ at both ends. */
export function fit(text: string, columns: number): string {
  const shown = visible(text);
  const cut = columnsOf(shown) > columns ? cutMiddle([...shown], columns) : shown;
  return cut + ' '.repeat(Math.max(0, columns - columnsOf(cut)));
}

function cutMiddle(characters: readonly string[], columns: number): string {
  const half = Math.floor((columns - 1) / 2);
  const head = takeColumns(characters, columns - 1 - half);
  const tail = takeColumns(characters.toReversed(), half).toReversed();
  return `${head.join('')}…${tail.join('')}`;
}

function takeColumns(characters: readonly string[], columns: number): string[] {
  let left = columns;
  const end = characters.findIndex((character) => (left -= columnsOfOne(character)) < 0);
  return characters.slice(0, end < 0 ? undefined : end);
}
