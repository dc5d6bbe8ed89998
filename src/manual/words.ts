import { COMMON_OPTIONS, OPTIONS, type CommandName, type Option } from '../cli/options.js';
import { PAGES } from '../cli/pages.js';

/** The words that a shell offers in a place of the command line. */
export type WordKind = 'configuration' | 'file' | 'certificate' | 'service' | 'nothing';

/** The kinds of operands, by their placeholders in the usage of commands. */
const OPERANDS: Readonly<Record<string, WordKind>> = {
  CONFIG: 'configuration',
  NAME: 'certificate',
  RESPONSE: 'file',
  CERT: 'file',
  PLACE: 'file',
  FILE: 'file',
  STATUS: 'nothing',
  SERVICE: 'service',
  'HOST:PORT': 'nothing',
};

/** Returns what a shell offers for the operands of a command. */
function operandsOf(name: CommandName): readonly WordKind[] {
  const operands = PAGES[name].usage.replace(/ (?:--|\(--|\[options\]|\[--).*/, '');
  const kinds = [...operands.matchAll(/[A-Z][A-Z:]+/g)].map(([word]) => {
    const kind = OPERANDS[word];
    if (kind === undefined) throw new Error(`src/manual/words.ts has no kind for ${word} of ${name}`);
    return kind;
  });
  return [...new Set(kinds)].filter((kind) => kind !== 'nothing');
}

/** Returns what a shell offers for the value of an option; a list for one of these words. */
export function valueOf({ name, value = '' }: Option): WordKind | readonly string[] {
  if (name === 'config') return 'configuration';
  if (name === 'only') return 'certificate';
  if (/^[a-z|]+$/.test(value)) return value.split('|');
  return value === 'FILE' || value === 'FOLDER' ? 'file' : 'nothing';
}

export interface CommandWords {
  readonly name: CommandName;
  readonly summary: string;
  readonly operands: readonly WordKind[];
  readonly options: readonly Option[];
}

/** The words of all commands. */
export const COMMAND_WORDS: readonly CommandWords[] = (Object.keys(PAGES) as CommandName[]).map((name) => ({
  name,
  summary: PAGES[name].summary,
  operands: operandsOf(name),
  options: [...OPTIONS[name], ...COMMON_OPTIONS],
}));

/** Commands that take no options of their own. */
const FURTHER_WORDS: readonly (readonly [word: string, summary: string])[] = [
  ['help', 'the help, or that of a command'],
  ['version', 'the version'],
];

/** Everything that may be the first word, with its summary. */
export const FIRST_WORDS: readonly (readonly [word: string, summary: string])[] = [
  ...COMMAND_WORDS.map(({ name, summary }) => [name, summary] as const),
  ...FURTHER_WORDS,
];

/** A shell command that prints the names of certificates, one a line. `config` is a shell word for more arguments. */
export function certificateNames(config: string): string {
  return `command ocspbot validate --json ${config} 2>/dev/null | sed -n '/^  "certificates"/,/^  \\]/s/^      "name": "\\(.*\\)",$/\\1/p'`;
}

/** A shell command that prints the names of services, one a line: those of a status with all bits. */
export function serviceNames(config: string): string {
  return `command ocspbot services 30 ${config} 2>/dev/null`;
}

/** Returns the first line of a description. */
export function firstLine(text: string): string {
  return text.replaceAll('\n', ' ').split(/;|\. /)[0] ?? '';
}
