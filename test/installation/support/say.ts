/** Writes a line to the parent process. */
export function say(line: string | undefined): void {
  process.stdout.write(`${line}\n`);
}
