import type { DiscoverCommand } from './command.js';
import { text, usage, type Values } from './values.js';

/** The options that belong to writing a configuration, and mean nothing with --check. */
const FOR_WRITING = ['write', 'force', 'ocsp-folder', 'fetch-issuers'] as const;

/** Reads the arguments of `discover`. @throws OcspbotError `usage` */
export function readDiscoverArguments(
  operands: readonly string[],
  values: Values,
): Omit<DiscoverCommand, 'output'> {
  const now = text(values, 'now');
  // A file of that name would be written.
  if (text(values, 'write') === '-')
    throw usage('--write needs a file: without it the configuration goes to standard output');
  if (values['check'] === true) return readCheck(operands, values, now);
  if (values['config'] !== undefined) throw usage('--config belongs to discover --check');
  if (values['force'] === true && values['write'] === undefined) throw usage('--force needs --write FILE');
  const task = {
    kind: 'write',
    to: text(values, 'write'),
    replaces: values['force'] === true,
    ocspFolder: text(values, 'ocsp-folder'),
    fetchesIssuers: values['fetch-issuers'] === true,
  } as const;
  return { kind: 'discover', places: [...new Set(operands)], task, now };
}

/** Reads the operands of --check: one that ends in .yaml or .yml is the configuration, and the others are places. */
function readCheck(
  operands: readonly string[],
  values: Values,
  now: DiscoverCommand['now'],
): Omit<DiscoverCommand, 'output'> {
  const superfluous = FOR_WRITING.find((name) => values[name] !== undefined);
  if (superfluous !== undefined) throw usage(`--check and --${superfluous} exclude each other`);
  const written = text(values, 'config');
  const isConfiguration = (operand: string) => written === undefined && /\.ya?ml$/.test(operand);
  const [file = written, second] = operands.filter(isConfiguration);
  if (second !== undefined) throw usage(`one CONFIG is enough, there is also "${second}"`);
  const places = [...new Set(operands.filter((operand) => !isConfiguration(operand)))];
  return { kind: 'discover', places, task: { kind: 'check', file }, now };
}
