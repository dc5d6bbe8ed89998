/** A line of HAProxy's configuration, split into words. */
export interface Line {
  readonly words: readonly string[];
  readonly line: number;
}

/**
 * Splits lines into words: quotation marks, backslashes and comments have their meaning (HAProxy Configuration Manual,
 * §2.2). Variables of the environment stay as they are written.
 */
export function wordsOfLines(text: string): Line[] {
  return text.split('\n').flatMap((line, index) => {
    const words = wordsOf(line);
    return words.length === 0 ? [] : [{ words, line: index + 1 }];
  });
}

/** A part of a word: an escaped character, text in quotation marks, or other characters. */
const PART = /\\(.)|'([^']*)'?|"((?:\\.|[^"\\])*)"?|[^\s#\\'"]+/sy;

function wordsOf(line: string): string[] {
  const words: string[] = [];
  let isOpen = false;
  for (let at = 0; at < line.length;) {
    PART.lastIndex = at;
    const match = PART.exec(line);
    if (match === null) {
      if (line[at] === '#') break;
      isOpen = false;
      at += 1;
      continue;
    }
    const [whole, escaped, strong, weak] = match;
    const text = escaped ?? strong ?? weak?.replaceAll(/\\(.)/gs, '$1') ?? whole;
    if (isOpen) words.push(`${words.pop() ?? ''}${text}`);
    else words.push(text);
    isOpen = true;
    at = PART.lastIndex;
  }
  return words;
}
