import { parseArgs } from 'node:util';
import { nearest } from '../util/nearest.js';
import type { OcspbotError } from '../util/errors.js';
import { quote } from '../util/text.js';
import type { ParsedCommand } from './command.js';
import { notAStatus } from './operands.js';
import { type CommandName, COMMANDS, COMMON_OPTIONS, OPTIONS } from './options.js';
import { toParseOptions, usage, type Values } from './values.js';
import { READERS } from './readers.js';
import { outputOptions } from './run-arguments.js';

/** Reads the arguments after the program's name. @throws OcspbotError `usage` */
export function readArguments(argv: readonly string[]): ParsedCommand {
  const args = argv.map((argument) => PYTHON_FORMS.get(argument) ?? argument);
  const first = firstOperand(args);
  const name = COMMANDS.find((command) => command === first);
  if (first === 'help' || first === 'version') return readHelpWord(first, args);
  const { values, positionals } = parse(name, first, args);
  refuseEmpty([...positionals, ...Object.values(values).flat()]);
  const operands = name === undefined ? positionals : positionals.slice(1);
  if (values['help'] === true) return { kind: 'help', topic: name };
  if (values['version'] === true) return { kind: 'version' };
  if (name === undefined && operands.length > 1 && isBareWord(first)) throw noCommand(first);
  return READERS[name ?? 'refresh'](operands, values, outputOptions(values));
}

/** Refuses empty arguments, which would stand for the working directory. Scripts have variables that are not set. */
function refuseEmpty(values: readonly unknown[]): void {
  if (values.includes(''))
    throw usage('an argument is empty', 'see whether the script that calls ocspbot has a variable not set');
}

/** Reads `help`, `help COMMAND` and `version`, which mean the same as the options. */
function readHelpWord(word: 'help' | 'version', args: string[]): ParsedCommand {
  if (word === 'version') return { kind: 'version' };
  const options = toParseOptions(COMMON_OPTIONS);
  const [, topic] = parseArgs({ args, options, allowPositionals: true, strict: false }).positionals;
  const known = COMMANDS.find((command) => command === topic);
  const isWord = topic === undefined || topic === 'help' || topic === 'version';
  if (known === undefined && !isWord) throw noCommand(topic);
  return { kind: 'help', topic: known };
}

/** Reports whether an argument is more likely a command than a configuration: it has no slash and no extension. */
export function isBareWord(word: string | undefined): word is string {
  return word !== undefined && /^[A-Za-z-]+$/.test(word);
}

const WORDS = [...COMMANDS, 'help', 'version'];

function isMistyped(word: string | undefined): word is string {
  return isBareWord(word) && nearest(word, WORDS) !== undefined;
}

export function noCommand(word: string): OcspbotError {
  const near = nearest(word, WORDS);
  const hint =
    near === undefined ? `commands are ${COMMANDS.join(', ')}` : `did you mean the command ${near}?`;
  return usage(`there is no command ${quote(word)}`, hint);
}

/** Returns the command that arguments name, even if they cannot be read otherwise; undefined if they name none. */
export function commandIn(argv: readonly string[]): CommandName | undefined {
  const first = firstOperand([...argv]);
  return COMMANDS.find((command) => command === first);
}

/** Returns the first operand. Options may precede a command, and their values are not operands: `--only verify`. */
function firstOperand(args: string[]): string | undefined {
  const [first] = args;
  // Most command lines begin with it.
  if (first !== undefined && !first.startsWith('-')) return first;
  const options = toParseOptions([...COMMON_OPTIONS, ...Object.values(OPTIONS).flat()]);
  return parseArgs({ args, options, allowPositionals: true, strict: false }).positionals[0];
}

function parse(
  command: CommandName | undefined,
  first: string | undefined,
  args: string[],
): { values: Values; positionals: string[] } {
  const name = command ?? 'refresh';
  const options = toParseOptions([...COMMON_OPTIONS, ...OPTIONS[name]]);
  const negative = name === 'services' ? args.find((argument) => /^-\d+$/.test(argument)) : undefined;
  if (negative !== undefined) throw notAStatus(negative);
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    if (command === undefined && isMistyped(first)) throw noCommand(first);
    throw usage(parseProblem(error as NodeJS.ErrnoException, name, Object.keys(options)));
  }
}

/** Options that the Python program had with one hyphen. */
const PYTHON_FORMS: ReadonlyMap<string, string> = new Map([
  ['-help', '--help'],
  ['-version', '--version'],
]);

function parseProblem(
  { code, message }: NodeJS.ErrnoException,
  command: CommandName,
  options: readonly string[],
): string {
  const [, valued] = /(--[^'= ]+)(?:=-XYZ| <value>' argument missing)/.exec(message) ?? [];
  if (valued !== undefined)
    return `the value of ${valued} is missing; one that begins with a hyphen is written ${valued}=VALUE`;
  const [unknown] = /'(--?[^' ]+)/.exec(message)?.slice(1) ?? [];
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION' || unknown === undefined) {
    return (message.split('. ')[0] ?? message).replace(/^Option/, 'option');
  }
  const similar = nearest(unknown.replace(/^-+/, ''), options);
  const advice = similar === undefined ? '' : `; did you mean --${similar}?`;
  return `${command} has no option ${unknown}${advice}`;
}
