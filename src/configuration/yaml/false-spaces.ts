/** Characters that look like a space, or like nothing, and are letters to YAML. They come with text from web pages. */
const FALSE_SPACE = String.raw`[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]`;

const ANY = new RegExp(FALSE_SPACE);

/** Match what stands before such a character where somebody meant a space: in an indentation, and after a colon. */
const BEFORE = [
  new RegExp(String.raw`^[ \t]*(?:- +)*(?=${FALSE_SPACE})`),
  new RegExp(String.raw`^[^'"]*?:[ \t]*(?=${FALSE_SPACE})`),
];

const AT_END = new RegExp(String.raw`${FALSE_SPACE}[ \t\r]*$`);

const COMMENT = /(?:^|[ \t])#.*$/;

/** Returns the offset of the first character that somebody took for a space; undefined if there is none. */
export function falseSpaceIn(text: string): number | undefined {
  if (!ANY.test(text)) return undefined;
  let offset = 0;
  for (const line of text.split('\n')) {
    const column = columnIn(line.replace(COMMENT, ''));
    if (column !== undefined) return offset + column;
    offset += line.length + 1;
  }
  return undefined;
}

function columnIn(line: string): number | undefined {
  for (const pattern of BEFORE) {
    const before = pattern.exec(line);
    if (before !== null) return before[0].length;
  }
  return AT_END.exec(line)?.index;
}
