import { type CommandName, COMMON_OPTIONS, type Option, OPTIONS } from './options.js';
import { EXAMPLES, EXIT_STATUSES, type Page, PAGES, SUMMARY, WHICH_CONFIGURATION } from './pages.js';

export function helpText(topic: CommandName | undefined): string {
  return topic === undefined ? generalHelp() : commandHelp(PAGES[topic], optionsText(OPTIONS[topic]));
}

function commandHelp({ usage, about, status, examples }: Page, options: string): string {
  const parts = [`usage: ocspbot ${usage}`, about, options.trimEnd(), status, examplesText(examples)];
  return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`;
}

function examplesText(examples: readonly string[]): string | undefined {
  if (examples.length === 0) return undefined;
  return [`example${examples.length === 1 ? '' : 's'}:`, ...examples.map((line) => `  ${line}`)].join('\n');
}

function generalHelp(): string {
  const parts = [
    SUMMARY,
    `usage: ${commandLines().join('\n       ')}`,
    WHICH_CONFIGURATION,
    `options of all commands:\n${optionsText(COMMON_OPTIONS).trimEnd()}`,
    `options of refresh, which is meant where no command is named:\n${optionsText(OPTIONS.refresh).trimEnd()}`,
    `exit status of a run:\n${statusLines().join('\n')}`,
    examplesText(EXAMPLES),
  ];
  return `${parts.join('\n\n')}\n`;
}

function optionsText(options: readonly Option[]): string {
  const flags = options.map(({ name, short, value }) => {
    const long = value === undefined ? `--${name}` : `--${name} ${value}`;
    return short === undefined ? long : `-${short}, ${long}`;
  });
  const width = Math.max(...flags.map(({ length }) => length));
  const indent = ' '.repeat(width + 4);
  const lines = options.map(
    ({ about }, index) =>
      `  ${(flags[index] as string).padEnd(width)}  ${about.replaceAll('\n', `\n${indent}`)}\n`,
  );
  return lines.join('');
}

const USAGE_WIDTH = 30;

function commandLines(): string[] {
  const lines = Object.values(PAGES).map(({ usage, summary }) => [shortUsage(usage), summary] as const);
  const all = [...lines, ['help [COMMAND]', 'this text, or more about a command'] as const];
  return all.map(([usage, summary]) => `${`ocspbot ${usage}`.padEnd(USAGE_WIDTH)}  ${summary}`);
}

/** Returns the operands without the options. */
function shortUsage(usage: string): string {
  return usage.replace(/ (?:--|\[options\]).*/, '');
}

function statusLines(): string[] {
  return EXIT_STATUSES.map(([status, meaning, besides]) => {
    const line = `  ${status.padEnd(11)}  ${meaning}`;
    return besides === undefined ? line : `${line.padEnd(54)}${besides}`;
  });
}
