import { didYouMean } from '../util/nearest.js';
import { type State, STATES } from '../snapshot/snapshot.js';
import { parseHostPort } from '../util/host-port.js';
import { readCheckLimits } from './check-arguments.js';
import type { OutputOptions, ParsedCommand } from './command.js';
import { readDiscoverArguments } from './discover-arguments.js';
import { readFetchArguments } from './fetch-arguments.js';
import { readLiveArguments } from './live-arguments.js';
import { configurationIn, looksLikeFile, onlyOperand, statusIn } from './operands.js';
import type { CommandName } from './options.js';
import { text, usage, type Values } from './values.js';
import { readExit, readLogFormat, readSelection, readSplay, refreshOptions } from './run-arguments.js';
import { readVerifyArguments } from './verify-arguments.js';

type Reader = (operands: readonly string[], values: Values, output: OutputOptions) => ParsedCommand;

/** Makes the command of each name from its operands and options. They throw OcspbotErrors `usage`. */
export const READERS: Readonly<Record<CommandName, Reader>> = {
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
    status: statusIn(status),
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
  status: (operands, values, output) => {
    refuseTwoForms(values);
    return {
      kind: 'status',
      file: configurationIn(operands, values),
      selection: readSelection(values),
      states: ((values['state'] as string[] | undefined) ?? []).map(readState),
      isMetrics: values['prometheus'] === true,
      page: text(values, 'html'),
      now: text(values, 'now'),
      output,
    };
  },
  check: (operands, values, output) => ({
    kind: 'check',
    file: configurationIn(operands, values),
    selection: readSelection(values),
    limits: readCheckLimits(values),
    now: text(values, 'now'),
    output,
  }),
  explain: (operands, values, output) => {
    const [name, ...rest] = nameFirst('explain', operands);
    const now = text(values, 'now');
    return { kind: 'explain', name, file: configurationIn(rest, values), now, output };
  },
  live: (operands, values, output) => {
    const [first, second] = operands;
    if (second !== undefined && parseHostPort(second) !== undefined)
      throw usage(`one HOST:PORT is enough, there is also "${second}"`);
    const isFile = (operand: string) => looksLikeFile(operand) && !operand.includes('://');
    const hasServer = first !== undefined && (parseHostPort(first) !== undefined || !isFile(first));
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
  rollback: (operands, values, output) => {
    const [name, ...rest] = nameFirst('rollback', operands);
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

/** Returns the operands of a command that begin with NAME. A configuration alone shows that NAME was forgotten. */
function nameFirst(command: CommandName, operands: readonly string[]): readonly [string, ...string[]] {
  const [name, ...rest] = operands;
  const message = `${command} needs the name of a certificate`;
  if (name === undefined) throw usage(message);
  if (rest.length === 0 && /\.ya?ml$/.test(name))
    throw usage(message, `write: ocspbot ${command} NAME ${name}`);
  return [name, ...rest];
}

/** Refuses several forms of one status: only one of them would be written. */
function refuseTwoForms(values: Values): void {
  const [first, second] = ['html', 'prometheus', 'json'].filter((name) => values[name] !== undefined);
  if (first !== undefined && second !== undefined)
    throw usage(`--${first} and --${second} exclude each other`, 'call ocspbot status once for each');
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
