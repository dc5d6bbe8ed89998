import { parseArgs, type ParseArgsConfig } from 'node:util';
import { DEFAULTS, LIMITS } from '../defaults.js';
import { nearest } from '../configuration/suggestions.js';
import type { OcspbotError } from '../errors.js';
import type { RefreshOptions } from '../refresh/run-context.js';
import { formatDuration, parseDuration, type Duration } from '../time/duration.js';
import { quote } from '../text/visible.js';
import { COMMANDS, type Command, type CommandName, type OutputOptions } from './command.js';
import { LIVE_OPTIONS, readLiveArguments } from './live-arguments.js';
import { usage, type Values } from './usage.js';
import { readNow, readVerifyArguments, VERIFY_OPTIONS } from './verify-arguments.js';

type Options = NonNullable<ParseArgsConfig['options']>;

const COMMON: Options = {
  json: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
};

const OPTIONS: Readonly<Record<CommandName, Options>> = {
  refresh: {
    only: { type: 'string', multiple: true },
    match: { type: 'string', multiple: true },
    force: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    strict: { type: 'boolean' },
    reload: { type: 'boolean' },
    splay: { type: 'string' },
    now: { type: 'string' },
  },
  validate: {},
  services: {},
  owe: { config: { type: 'string' } },
  verify: VERIFY_OPTIONS,
  explain: { now: { type: 'string' } },
  live: LIVE_OPTIONS,
  install: {
    config: { type: 'string' },
    force: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    strict: { type: 'boolean' },
    now: { type: 'string' },
  },
  rollback: {
    to: { type: 'string' },
    list: { type: 'boolean' },
    config: { type: 'string' },
    force: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    reload: { type: 'boolean' },
    now: { type: 'string' },
  },
};

/** Reads the arguments after the program's name. Throws `usage`. */
export function readArguments(argv: readonly string[]): Command {
  const args = argv.map((argument) => LONG_FORMS[argument] ?? argument);
  const first = firstOperand(args);
  const name = COMMANDS.find((command) => command === first) ?? 'refresh';
  const { values, positionals } = parse(name, args);
  const operands = positionals[0] === name ? positionals.slice(1) : positionals;
  if (values['help'] === true) return { kind: 'help', topic: first === name ? name : undefined };
  if (values['version'] === true) return { kind: 'version' };
  return READERS[name](operands, values, outputOptions(values));
}

type Reader = (operands: readonly string[], values: Values, output: OutputOptions) => Command;

/** For what explain and services take as it is. */
const WHERE_CONFIG = 'the configuration is named by --config FILE';

const READERS: Readonly<Record<CommandName, Reader>> = {
  refresh: (operands, values, output) => ({
    kind: 'refresh',
    file: onlyOperand(operands, 'CONFIG') ?? DEFAULTS.configurationFile,
    options: refreshOptions(values),
    splay: readSplay(values['splay'] as string | undefined),
    now: values['now'] as string | undefined,
    output,
  }),
  validate: (operands, _, output) => {
    return { kind: 'validate', file: onlyOperand(operands, 'CONFIG') ?? DEFAULTS.configurationFile, output };
  },
  services: ([status, ...rest], _, output) => ({
    kind: 'services',
    status: readStatus(status),
    file: onlyOperand(rest, 'CONFIG') ?? DEFAULTS.configurationFile,
    output,
  }),
  owe: (operands, values, output) => {
    const config = values['config'] as string | undefined;
    const files = config === undefined ? operands.filter(looksLikeFile) : [config];
    const services = operands.filter((operand) => config !== undefined || !looksLikeFile(operand));
    if (services.length === 0) throw usage('owe needs the names of services');
    const file = onlyOperand(files, 'CONFIG') ?? DEFAULTS.configurationFile;
    return { kind: 'owe', services: [...new Set(services)], file, output };
  },
  verify: (operands, values, output) => {
    const response = onlyOperand(operands, 'RESPONSE');
    if (response === undefined) throw usage('verify needs the file of a response');
    return { kind: 'verify', output, ...readVerifyArguments(response, values) };
  },
  explain: ([name, ...rest], values, output) => {
    if (name === undefined) throw usage('explain needs the name of a certificate');
    const file = onlyOperand(rest, 'CONFIG') ?? DEFAULTS.configurationFile;
    return { kind: 'explain', name, file, now: readNow(values['now'] as string | undefined), output };
  },
  live: (operands, values, output) => ({
    ...readLiveArguments(onlyOperand(operands, 'HOST:PORT', WHERE_CONFIG), values),
    output,
  }),
  install: (responses, values, output) => {
    if (responses.length === 0)
      throw usage('install needs responses: files, folders, or - for standard input');
    if (responses.filter((one) => one === '-').length > 1)
      throw usage('standard input can be read once only');
    return {
      kind: 'install',
      responses: [...new Set(responses)],
      file: (values['config'] as string | undefined) ?? DEFAULTS.configurationFile,
      options: refreshOptions(values),
      now: values['now'] as string | undefined,
      output,
    };
  },
  rollback: (operands, values, output) => {
    const name = onlyOperand(operands, 'NAME', WHERE_CONFIG);
    if (name === undefined) throw usage('rollback needs the name of a certificate');
    const options = refreshOptions(values);
    const common = {
      name,
      wish: { to: values['to'] as string | undefined, force: options.force },
      file: (values['config'] as string | undefined) ?? DEFAULTS.configurationFile,
      now: values['now'] as string | undefined,
      output,
    };
    if (values['list'] === true) return { kind: 'list-backups', ...common };
    return { kind: 'rollback', options, ...common };
  },
};

/** Options may stand before a command, and their values are no commands: `--only verify`. */
function firstOperand(args: string[]): string | undefined {
  const options = { ...COMMON, ...Object.assign({}, ...Object.values(OPTIONS)) } as Options;
  return parseArgs({ args, options, allowPositionals: true, strict: false }).positionals[0];
}

function parse(name: CommandName, args: string[]): { values: Values; positionals: string[] } {
  const options = { ...COMMON, ...OPTIONS[name] };
  const negative = name === 'services' ? args.find((argument) => /^-\d+$/.test(argument)) : undefined;
  if (negative !== undefined) throw notAStatus(negative);
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw usage(explain(error as NodeJS.ErrnoException, name, Object.keys(options)));
  }
}

/** The Python program had them with one hyphen. */
const LONG_FORMS: Readonly<Record<string, string>> = { '-help': '--help', '-version': '--version' };

function explain(
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
    only: (values['only'] as string[] | undefined) ?? [],
    match: (values['match'] as string[] | undefined) ?? [],
    force: values['force'] === true,
    dryRun: values['dry-run'] === true,
    strict: values['strict'] === true,
    reload: values['reload'] === true,
  };
}

function readSplay(text: string | undefined): Duration {
  if (text === undefined) return 0;
  const splay = parseDuration(text);
  if (splay === undefined) throw usage(`--splay ${text} is no duration like 10m or "1 hour 30 minutes"`);
  if (splay > LIMITS.splay) throw usage(`--splay ${text} is more than ${formatDuration(LIMITS.splay)}`);
  return splay;
}

function outputOptions(values: Values): OutputOptions {
  if (values['quiet'] === true && values['verbose'] === true)
    throw usage('--quiet and --verbose exclude each other');
  const detail = values['quiet'] === true ? 'quiet' : values['verbose'] === true ? 'verbose' : 'normal';
  return { format: values['json'] === true ? 'json' : 'text', detail };
}

function onlyOperand(operands: readonly string[], name: string, hint?: string): string | undefined {
  const [first, second] = operands;
  if (second !== undefined) throw usage(`one ${name} is enough, there is also "${second}"`, hint);
  return first;
}

/** Tells a configuration from the name of a service, which has no slash. */
function looksLikeFile(operand: string): boolean {
  return operand.includes('/') || /\.ya?ml$/.test(operand);
}

function readStatus(text: string | undefined): number {
  if (text === undefined) throw usage('services needs the exit status of a run');
  if (!/^\d{1,3}$/.test(text) || Number(text) > 255) throw notAStatus(text);
  return Number(text);
}

function notAStatus(text: string): OcspbotError {
  return usage(`${quote(text)} is not an exit status (0 to 255)`, ABOUT_STATUS);
}

const ABOUT_STATUS =
  'a shell has it in $?; a negative number, or a name like KILL, says that a signal ended the run: nothing is to be reloaded';
