/** The last line of dist/ocspbot.js, by which it is divided into its two parts. src/start.ts reads it, too. */
import { createHash } from 'node:crypto';

/** Makes the last line of a text: it names the build, and says how many octets before it are the second part. */
export const lastLine = (text, length) =>
  `// build ${createHash('sha256').update(text).digest('hex')} ${String(length).padStart(8, '0')}\n`;

/** Divides the whole file. */
export function partsOf(file) {
  const [line, length] = /\/\/ build [0-9a-f]{64} (\d{8})\n$/.exec(file);
  const boundary = file.length - line.length - Number(length);
  return { program: file.slice(0, boundary), packages: file.slice(boundary), line };
}
