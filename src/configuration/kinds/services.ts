import type { ExitBit } from '../model.js';
import { quote } from '../../text/visible.js';
import { mismatch, report, scalarOf } from './kind.js';
import type { Kind } from './kind.js';
import { text } from './text.js';

export const EXIT_BITS = [2, 4, 8, 16] as const satisfies readonly ExitBit[];

/** Shells loop over these names. */
const SERVICE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.@-]*$/;

export function isServiceName(name: string): boolean {
  return SERVICE_NAME.test(name);
}

export const exitBit: Kind<ExitBit> = {
  expected: 'one of 2, 4, 8 and 16',
  read(value) {
    const scalar = scalarOf(value.node);
    if (scalar?.type !== 'number') return mismatch(value, this.expected);
    if (Number(scalar.text) === 1)
      return report(value, `${value.label} must be ${this.expected}, but is 1`, WHY_NOT_1 + value.example);
    return EXIT_BITS.find((known) => String(known) === scalar.text) ?? mismatch(value, this.expected);
  },
};

const WHY_NOT_1 =
  'Node.js itself ends with 1 when it cannot run ocspbot, and that must not ask for a reload; write for example: ';

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
