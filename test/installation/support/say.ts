/** One line to whoever started this program. */
export function say(line: string | undefined): void {
  process.stdout.write(`${line}\n`);
}
