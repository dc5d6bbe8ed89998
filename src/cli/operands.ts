import type { OcspbotError } from '../util/errors.js';
import { quote } from '../util/text.js';
import { text, usage, type Values } from './values.js';

/** Returns CONFIG, from the option or the operand; undefined if it is left out. */
export function configurationIn(operands: readonly string[], values: Values): string | undefined {
  const written = text(values, 'config');
  return onlyOperand(written === undefined ? operands : [written, ...operands], 'CONFIG');
}

/** Returns the only operand. @throws OcspbotError `usage` if there are more */
export function onlyOperand(operands: readonly string[], name: string, hint?: string): string | undefined {
  const [first, second] = operands;
  if (second !== undefined) throw usage(`one ${name} is enough, there is also "${second}"`, hint);
  return first;
}

/** Distinguishes a configuration from the name of a service, which has no slash. */
export function looksLikeFile(operand: string): boolean {
  return operand.includes('/') || /\.ya?ml$/.test(operand);
}

/** Reads the operand of `services`. @throws OcspbotError `usage` */
export function statusIn(text: string | undefined): number {
  if (text === undefined) throw usage('services needs the exit status of a run');
  if (!/^\d{1,3}$/.test(text) || Number(text) > 255) throw notAStatus(text);
  return Number(text);
}

export function notAStatus(text: string): OcspbotError {
  return usage(`${quote(text)} is not an exit status (0 to 255)`, STATUS_HINT);
}

const STATUS_HINT =
  'a shell has it in $?; a negative number, or a name like KILL, says that a signal ended the run: nothing is to be reloaded';
