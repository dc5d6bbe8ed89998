import { OcspbotError, toOcspbotError } from '../util/errors.js';
import { PLUGIN } from '../report/exit-status.js';
import type { System } from '../system/system.js';
import { presentable } from '../util/text.js';
import { VERSION } from '../util/version.js';
import { commandIn, isBareWord, noCommand, readArguments } from './arguments.js';
import { withDefaultConfiguration } from './default-configuration.js';
import type { Command } from './command.js';
import type { CommandName } from './options.js';
import { type Console, openConsole } from './console.js';
import type { Sinks } from './sinks.js';
import { assertDelivered } from './delivery.js';
import { reportFailure } from './failure.js';
import { refreshCommand } from './commands/refresh.js';

/** Runs the command of the arguments and returns the exit status. Never throws. */
export async function run(argv: readonly string[], system: System, streams: Sinks): Promise<number> {
  let command: Command | undefined;
  let sinks = streams;
  try {
    command = withDefaultConfiguration(readArguments(argv), system);
    if (command.kind === 'refresh' && command.logFormat === 'json') {
      const { jsonLines } = await import('./log-line.js');
      sinks = { ...streams, format: jsonLines(system.now) };
    }
    const status = await dispatch(command, system, sinks);
    await assertDelivered(command, sinks.stdout);
    // Nothing was checked: many plugins take -v for more words, and monitoring must not show that as OK.
    const isOnlyText = command.kind === 'help' || command.kind === 'version';
    return isOnlyText && commandIn(argv) === 'check' ? PLUGIN.unknown : status;
  } catch (error) {
    const name = commandIn(argv);
    const failure = withHelp(asUnknownCommand(toOcspbotError(error), command), name);
    const json = isJson(command, argv);
    if (name !== 'check') return reportFailure(failure, json, sinks);
    // Icinga takes standard error for a part of the answer, and its | for the beginning of performance data.
    if (json || failure.code === 'internal') reportFailure(failure, json, sinks);
    if (!json) await answerUnknown(failure, command, sinks);
    return PLUGIN.unknown;
  }
}

/** Prints an error that stops `check` as the answer of a monitoring plugin. */
async function answerUnknown(failure: OcspbotError, command: Command | undefined, { stdout }: Sinks) {
  const { failureText } = await import('../snapshot/plugin.js');
  const detail = command?.kind === 'check' ? command.output.detail : undefined;
  stdout.write(presentable(failureText(failure, detail)));
}

/** Calls the command. The code of the others than refresh is loaded only here: most runs consist of their start. */
async function dispatch(command: Command, system: System, sinks: Sinks): Promise<number> {
  switch (command.kind) {
    case 'help':
      sinks.stdout.write((await import('./help.js')).helpText(command.topic));
      return 0;
    case 'version':
      sinks.stdout.write(`ocspbot ${VERSION}\n`);
      return 0;
    case 'refresh':
      return await refreshCommand(command, system, sinks);
    case 'install':
      return await (await import('./commands/install.js')).installCommand(command, system, sinks);
    case 'rollback':
      return await (await import('./commands/rollback.js')).rollbackCommand(command, system, sinks);
    case 'fetch':
      return await (await import('./commands/fetch.js')).fetchCommand(command, system, sinks);
    case 'discover':
      return await (await import('./commands/discover.js')).discoverCommand(command, system, sinks);
    default:
      return await inspectingCommand(command, system, openConsole(sinks, command.output));
  }
}

type InspectingCommand = Exclude<
  Command,
  { readonly kind: 'help' | 'version' | 'refresh' | 'install' | 'rollback' | 'fetch' | 'discover' }
>;

/** Calls a command that changes no staple. */
async function inspectingCommand(
  command: InspectingCommand,
  system: System,
  console: Console,
): Promise<number> {
  switch (command.kind) {
    case 'list-backups':
      return await (await import('./commands/rollback.js')).listBackupsCommand(command, system, console);
    case 'validate':
      return await (await import('./commands/validate.js')).validateCommand(command, system, console);
    case 'services':
      return (await import('./commands/services.js')).servicesCommand(command, system, console);
    case 'owe':
      return await (await import('./commands/services.js')).oweCommand(command, system, console);
    case 'status':
      return await (await import('./commands/status.js')).statusCommand(command, system, console);
    case 'check':
      return await (await import('./commands/check.js')).checkCommand(command, system, console);
    case 'explain':
      return await (await import('./commands/explain.js')).explainCommand(command, system, console);
    case 'live':
      return await (await import('./commands/live.js')).liveCommand(command, system, console);
    case 'verify':
      return await (await import('./commands/verify.js')).verifyCommand(command, system, console);
  }
}

/** Names the help of the command, if nothing else says what to do about a wrong command line. */
function withHelp(error: OcspbotError, name: CommandName | undefined): OcspbotError {
  const { code, message, hint } = error;
  if (code !== 'usage' || hint !== undefined) return error;
  return new OcspbotError(code, message, {
    hint: `see ocspbot ${name === undefined ? '' : `${name} `}--help`,
  });
}

/** Replaces "no such configuration" by "no such command" if the argument looks like a mistyped command. */
function asUnknownCommand(error: OcspbotError, command: Command | undefined): OcspbotError {
  const isAbsent = error.code === 'configuration-unreadable' && isErrno(error.cause, 'ENOENT');
  const isWord = command?.kind === 'refresh' && isBareWord(command.file);
  return isAbsent && isWord ? noCommand(command.file) : error;
}

function isErrno(cause: unknown, code: string): boolean {
  return cause instanceof Error && (cause as NodeJS.ErrnoException).code === code;
}

/** Reports whether JSON is requested, even by a command line that cannot be parsed. */
function isJson(command: Command | undefined, argv: readonly string[]): boolean {
  if (command === undefined || !('output' in command)) return argv.includes('--json');
  return command.output.format === 'json';
}
