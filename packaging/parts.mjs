/** The last line of dist/ocspbot.js, by which it is divided into its two parts. src/start.ts reads it, too. */
import { createHash } from 'node:crypto';

/**
 * Makes the last line: it names the build, and says how many octets before it are the second part, and how many lines are
 * the first.
 */
export function lastLine(program, packages) {
  const digest = createHash('sha256').update(program).update(packages).digest('hex');
  const [length, lines] = [packages.length, linesOf(program)].map((count) => String(count).padStart(8, '0'));
  return `// build ${digest} ${length} ${lines}\n`;
}

export const linesOf = (part) => part.split('\n').length - 1;

/** Divides the whole file. */
export function partsOf(file) {
  const [line, length, lines] = /\/\/ build [0-9a-f]{64} (\d{8}) (\d{8})\n$/.exec(file);
  const boundary = file.length - line.length - Number(length);
  return { program: file.slice(0, boundary), packages: file.slice(boundary), lines: Number(lines), line };
}
