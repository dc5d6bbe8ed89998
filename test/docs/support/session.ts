import type { Run } from '../../support/run.js';
import type { Block } from './markdown.js';
import type { Host } from './host.js';

/** A command of a console block, with its output. */
export interface Step {
  readonly command: string;
  readonly output: string;
}

export function stepsOf({ text }: Block): Step[] {
  const [, ...parts] = `\n${text}`.split(/\n\$ /);
  return parts.map((part) => {
    const [command = '', ...output] = part.replace(/\n$/, '').split('\n');
    return { command, output: output.join('\n') };
  });
}

const MARK = '=== step ===';

/** Types the commands of a block into one shell, so that `$?` is that of the command before. */
export async function typeIn(host: Host, steps: readonly Step[]): Promise<Step[]> {
  const lines = steps.map(({ command }) => `last=$?; echo '${MARK}'; (exit $last)\n${command}`);
  const { stdout, stderr }: Run = await host.shell(`exec 2>&1\n${lines.join('\n')}`);
  const [before, ...outputs] = stdout.split(`${MARK}\n`);
  if (before !== '' || stderr !== '') throw new Error(`the shell says: ${before}${stderr}`);
  return steps.map(({ command }, index) => ({
    command,
    output: host.shown((outputs[index] ?? '').replace(/\n$/, '')),
  }));
}

const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME'],
  [/\b\d{8}-\d{6}\b/g, 'TIMESTAMP'],
  [/\.[0-9a-f]{12}-TIMESTAMP/g, '.ID-TIMESTAMP'],
  [/\b\d+ (?:second|minute|hour|day|week)s?(?: \d+ (?:second|minute|hour|day)s?)*/g, 'DURATION'],
  // A value of performance data.
  [/(?<==)\d+s(?=;)/g, 'SECONDS'],
  [/\b\d+(?:\.\d+)? ms\b/g, 'MILLISECONDS'],
  // A connection that is open already has only the last two.
  [/\((?:(?:dns|connect|tls|first byte|total) MILLISECONDS(?:, )?)+\)/g, '(PHASES)'],
  [/\b[0-9a-f]{32}\b/g, 'SERIAL'],
  [/http:\/\/(?:localhost:\d+|ocsp\.example\.com)\/\S*/g, 'URL'],
  [/\b(?:127\.0\.0\.1|192\.0\.2\.7)(?::\d+)?\b/g, 'ADDRESS'],
  [/(?<= at )(?:::1|\[::1\])/g, 'ADDRESS'],
  // Columns are as wide as what stands in them.
  [/ {2,}(?=\S)/g, '  '],
];

/** Times, serial numbers and addresses differ from run to run: their kinds count. */
export function comparable(output: string): string {
  return VARIABLE.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), output);
}

/** Output as it is compared, where a line `…` of the document stands for any lines. */
export function outputLike(documented: string, output: string): string[] {
  const wanted = comparable(documented).split('\n');
  const rest = comparable(output).split('\n');
  const shown: string[] = [];
  for (const [index, line] of wanted.entries()) {
    if (line.trim() !== '…') {
      shown.push(...rest.splice(0, 1));
      continue;
    }
    const next = wanted[index + 1];
    const end = next === undefined ? rest.length : rest.indexOf(next);
    rest.splice(0, end === -1 ? 0 : end);
    shown.push(line);
  }
  return [...shown, ...rest];
}
