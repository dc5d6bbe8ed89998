import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { didYouMean, nearest } from '../configuration/problem.js';
import type { OcspbotError } from '../util/errors.js';
import { DEFAULTS, LIMITS } from '../util/limits.js';
import type { Selection } from '../run/entries.js';
import type { RefreshOptions } from '../run/types.js';
import { type State, STATES } from '../snapshot/snapshot.js';
import type { System } from '../system/system.js';
import { parseHostPort } from '../util/host-port.js';
import { quote } from '../util/text.js';
import { type Duration, formatDuration, parseDuration } from '../util/time.js';
import type { Command, LogFormat, OutputOptions, ParsedCommand } from './command.js';
import {
  type CommandName,
  COMMANDS,
  COMMON_OPTIONS,
  OPTIONS,
  toParseOptions,
  usage,
  text,
  type Values,
} from './options.js';
import { readDiscoverArguments } from './discover-arguments.js';
import { readFetchArguments } from './fetch-arguments.js';
import { readCheckLimits } from './check-arguments.js';
import { readLiveArguments } from './live-arguments.js';
import { readVerifyArguments } from './verify-arguments.js';

/** Reads the arguments after the program's name. @throws OcspbotError `usage` */
export function readArguments(argv: readonly string[]): ParsedCommand {
  const args = argv.map((argument) => PYTHON_FORMS[argument] ?? argument);
  const first = firstOperand(args);
  const name = COMMANDS.find((command) => command === first);
  if (first === 'help' || first === 'version') return readHelpWord(first, args);
  const { values, positionals } = parse(name, first, args);
  const operands = name === undefined ? positionals : positionals.slice(1);
  if (values['help'] === true) return { kind: 'help', topic: name };
  if (values['version'] === true) return { kind: 'version' };
  if (name === undefined && operands.length > 1 && isMistyped(first)) throw noCommand(first);
  return READERS[name ?? 'refresh'](operands, values, outputOptions(values));
}

/** Reads `help`, `help COMMAND` and `version`, which mean the same as the options. */
function readHelpWord(word: 'help' | 'version', args: string[]): ParsedCommand {
  if (word === 'version') return { kind: 'version' };
  const options = toParseOptions(COMMON_OPTIONS);
  const [, topic] = parseArgs({ args, options, allowPositionals: true, strict: false }).positionals;
  const known = COMMANDS.find((command) => command === topic);
  if (topic !== undefined && known === undefined) throw noCommand(topic);
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

type Reader = (operands: readonly string[], values: Values, output: OutputOptions) => ParsedCommand;

const READERS: Readonly<Record<CommandName, Reader>> = {
  refresh: (operands, values, output) => ({
    kind: 'refresh',
    file: configurationIn(operands, values),
    options: refreshOptions(values),
    splay: readSplay(text(values, 'splay')),
    logFormat: readLogFormat(text(values, 'log-format') ?? 'text'),
    ...readExit(text(values, 'exit')),
    now: text(values, 'now'),
    output,
  }),
  validate: (operands, values, output) => ({
    kind: 'validate',
    file: configurationIn(operands, values),
    output,
  }),
  services: ([status, ...rest], values, output) => ({
    kind: 'services',
    status: readStatus(status),
    file: configurationIn(rest, values),
    output,
  }),
  owe: (operands, values, output) => {
    const isWritten = values['config'] !== undefined;
    const files = isWritten ? [] : operands.filter(looksLikeFile);
    const services = isWritten ? operands : operands.filter((operand) => !looksLikeFile(operand));
    if (services.length === 0) throw usage('owe needs the names of services');
    return { kind: 'owe', services: [...new Set(services)], file: configurationIn(files, values), output };
  },
  verify: (operands, values, output) => {
    const response = onlyOperand(operands, 'RESPONSE');
    if (response === undefined) throw usage('verify needs the file of a response');
    return { kind: 'verify', output, ...readVerifyArguments(response, values) };
  },
  fetch: (operands, values, output) => {
    const cert = onlyOperand(operands, 'CERT');
    if (cert === undefined) throw usage('fetch needs the file of a certificate');
    return { kind: 'fetch', cert, ...readFetchArguments(values), output };
  },
  status: (operands, values, output) => ({
    kind: 'status',
    file: configurationIn(operands, values),
    selection: readSelection(values),
    states: ((values['state'] as string[] | undefined) ?? []).map(readState),
    isMetrics: values['prometheus'] === true,
    page: text(values, 'html'),
    now: text(values, 'now'),
    output,
  }),
  check: (operands, values, output) => ({
    kind: 'check',
    file: configurationIn(operands, values),
    selection: readSelection(values),
    limits: readCheckLimits(values),
    now: text(values, 'now'),
    output,
  }),
  explain: ([name, ...rest], values, output) => {
    if (name === undefined) throw usage('explain needs the name of a certificate');
    const now = text(values, 'now');
    return { kind: 'explain', name, file: configurationIn(rest, values), now, output };
  },
  live: (operands, values, output) => {
    const [first, second] = operands;
    if (second !== undefined && parseHostPort(second) !== undefined)
      throw usage(`one HOST:PORT is enough, there is also "${second}"`);
    const hasServer = first !== undefined && !(looksLikeFile(first) && parseHostPort(first) === undefined);
    const file = configurationIn(hasServer ? operands.slice(1) : operands, values);
    return { ...readLiveArguments(hasServer ? first : undefined, file, values), output };
  },
  install: (operands, values, output) => {
    const isConfiguration = (operand: string) => values['config'] === undefined && /\.ya?ml$/.test(operand);
    const responses = operands.filter((operand) => !isConfiguration(operand));
    if (responses.length === 0)
      throw usage('install needs responses: files, folders, or - for standard input');
    if (responses.filter((one) => one === '-').length > 1)
      throw usage('standard input can be read once only');
    return {
      kind: 'install',
      responses: [...new Set(responses)],
      file: configurationIn(operands.filter(isConfiguration), values),
      options: refreshOptions(values),
      now: text(values, 'now'),
      output,
    };
  },
  discover: (operands, values, output) => ({ ...readDiscoverArguments(operands, values), output }),
  rollback: ([name, ...rest], values, output) => {
    if (name === undefined) throw usage('rollback needs the name of a certificate');
    const options = refreshOptions(values);
    const common = {
      name,
      wish: { to: text(values, 'to'), force: options.force },
      file: configurationIn(rest, values),
      now: text(values, 'now'),
      output,
    };
    if (values['list'] === true) return { kind: 'list-backups', ...common };
    return { kind: 'rollback', options, ...common };
  },
};

/** Returns CONFIG, from the option or the operand; undefined if it is left out. */
function configurationIn(operands: readonly string[], values: Values): string | undefined {
  const written = text(values, 'config');
  return onlyOperand(written === undefined ? operands : [written, ...operands], 'CONFIG');
}

/** Reports whether arguments call `check`, even if they cannot be read otherwise. */
export function isCheck(argv: readonly string[]): boolean {
  return firstOperand([...argv]) === 'check';
}

/** Returns the first operand. Options may precede a command, and their values are not operands: `--only verify`. */
function firstOperand(args: string[]): string | undefined {
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
const PYTHON_FORMS: Readonly<Record<string, string>> = { '-help': '--help', '-version': '--version' };

function parseProblem(
  { code, message }: NodeJS.ErrnoException,
  command: CommandName,
  options: readonly string[],
): string {
  const [unknown] = /'(--?[^' ]+)/.exec(message)?.slice(1) ?? [];
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION' || unknown === undefined) {
    return (message.split('. ')[0] ?? message).replace(/^Option/, 'option');
  }
  const similar = nearest(unknown.replace(/^-+/, ''), options);
  const advice = similar === undefined ? '' : `; did you mean --${similar}?`;
  return `${command} has no option ${unknown}${advice}`;
}

function refreshOptions(values: Values): RefreshOptions {
  return {
    ...readSelection(values),
    force: values['force'] === true,
    dryRun: values['dry-run'] === true,
    strict: values['strict'] === true,
    reload: values['reload'] === true,
  };
}

function readSelection(values: Values): Selection {
  return {
    only: (values['only'] as string[] | undefined) ?? [],
    match: (values['match'] as string[] | undefined) ?? [],
  };
}

function readState(text: string): State | 'attention' {
  const known = ['attention', ...STATES] as const;
  const state = known.find((one) => one === text);
  if (state !== undefined) return state;
  throw usage(
    `--state ${text}: there is no such state`,
    didYouMean(text, known) ?? `states are ${known.join(', ')}`,
  );
}

function readExit(text: string | undefined): { exit?: 'simple' } {
  if (text === undefined) return {};
  if (text === 'simple') return { exit: text };
  throw usage(`--exit ${text}: there is no such kind of exit status`, 'write: --exit simple');
}

function readSplay(text: string | undefined): Duration {
  if (text === undefined) return 0;
  const splay = parseDuration(text);
  if (splay === undefined) throw usage(`--splay ${text} is no duration like 10m or "1 hour 30 minutes"`);
  if (splay > LIMITS.splay) throw usage(`--splay ${text} is more than ${formatDuration(LIMITS.splay)}`);
  return splay;
}

function readLogFormat(format: string): LogFormat {
  if (format !== 'text' && format !== 'json')
    throw usage(`--log-format ${quote(format)} is neither "text" nor "json"`);
  return format;
}

function outputOptions(values: Values): OutputOptions {
  if (values['quiet'] === true && values['verbose'] === true)
    throw usage('--quiet and --verbose exclude each other');
  const detail = values['quiet'] === true ? 'quiet' : values['verbose'] === true ? 'verbose' : 'normal';
  return { format: values['json'] === true ? 'json' : 'text', detail, isPlain: values['no-color'] === true };
}

function onlyOperand(operands: readonly string[], name: string, hint?: string): string | undefined {
  const [first, second] = operands;
  if (second !== undefined) throw usage(`one ${name} is enough, there is also "${second}"`, hint);
  return first;
}

/** Distinguishes a configuration from the name of a service, which has no slash. */
function looksLikeFile(operand: string): boolean {
  return operand.includes('/') || /\.ya?ml$/.test(operand);
}

function readStatus(text: string | undefined): number {
  if (text === undefined) throw usage('services needs the exit status of a run');
  if (!/^\d{1,3}$/.test(text) || Number(text) > 255) throw notAStatus(text);
  return Number(text);
}

function notAStatus(text: string): OcspbotError {
  return usage(`${quote(text)} is not an exit status (0 to 255)`, STATUS_HINT);
}

const STATUS_HINT =
  'a shell has it in $?; a negative number, or a name like KILL, says that a signal ended the run: nothing is to be reloaded';

/** Returns the default configuration: the one in the working directory, else the one of the machine. */
export function defaultConfiguration({
  files,
  workingFolder,
}: Pick<System, 'files' | 'workingFolder'>): string {
  const [first, ...others] = DEFAULTS.configurationFiles;
  const isThere = (file: string): boolean => {
    try {
      return files.facts(resolve(workingFolder, file)) !== undefined;
    } catch {
      // A file that cannot be examined counts as present. Reading it reports the reason.
      return true;
    }
  };
  return [first, ...others].find(isThere) ?? first;
}

/** Adds the default configuration to a command that names none. `live` works without one. */
export function withDefaultConfiguration(
  command: ParsedCommand,
  system: Pick<System, 'files' | 'workingFolder'>,
): Command {
  if (!('file' in command) || command.kind === 'live') return command;
  return { ...command, file: command.file ?? defaultConfiguration(system) } as Command;
}
