import type { ExitBit } from '../model.js';
import { quote } from '../../text/visible.js';
import { mismatch, report, scalarOf } from './kind.js';
import type { Kind } from './kind.js';
import { text } from './text.js';

export const EXIT_BITS = [1, 2, 4, 8, 16] as const satisfies readonly ExitBit[];

/** Shells loop over these names. */
const SERVICE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.@-]*$/;

export function isServiceName(name: string): boolean {
  return SERVICE_NAME.test(name);
}

export const exitBit: Kind<ExitBit> = {
  expected: 'one of 1, 2, 4, 8 and 16',
  read(value) {
    const scalar = scalarOf(value.node);
    const bit =
      scalar?.type === 'number' ? EXIT_BITS.find((known) => String(known) === scalar.text) : undefined;
    return bit ?? mismatch(value, this.expected);
  },
};

export const serviceName: Kind<string> = {
  expected: 'the name of a service',
  read(value) {
    const name = text(this.expected).read(value);
    if (name === undefined || isServiceName(name)) return name;
    return report(value, `${quote(name)} cannot be the name of a service`, NAME_HINT);
  },
};

export const NAME_HINT =
  'names of services consist of letters, digits and _ . @ -, and begin with a letter or digit';
