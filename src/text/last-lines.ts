import { LIMITS } from '../defaults.js';
import { visible } from './visible.js';

/** The end of what another program wrote, safe to show: its last lines that are not empty. */
export function lastLines(output: string): string[] {
  const lines = output.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return lines.slice(-LIMITS.outputLines).map((line) => visible(shorten(line.trimEnd())));
}

function shorten(line: string): string {
  return line.length > LIMITS.outputLine ? `${line.slice(0, LIMITS.outputLine)}…` : line;
}
