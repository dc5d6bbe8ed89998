import { isSeq } from 'yaml';
import { quote, SAFE, unsafeCharacter } from '../../util/text.js';
import { type Argv, EXIT_BITS, type ExitBit } from '../model.js';
import { target } from '../yaml/tree.js';
import { list } from './collections.js';
import { text, textMatching } from './scalars.js';
import { type Schema, mismatch, report, scalarOf, type Value } from './value.js';

/** Service names are safe words in a shell, because scripts loop over them. */
export const SERVICE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.@-]*$/;

export function isServiceName(name: string): boolean {
  return SERVICE_NAME.test(name);
}

export const exitBit: Schema<ExitBit> = {
  expected: 'one of 2, 4, 8 and 16',
  read(value) {
    const scalar = scalarOf(value.node);
    if (scalar?.type !== 'number') return mismatch(value, this.expected);
    if (Number(scalar.text) === 1)
      return report(value, `${value.label} must be ${this.expected}, but is 1`, WHY_NOT_1 + value.example);
    return EXIT_BITS.find((known) => String(known) === scalar.text) ?? mismatch(value, this.expected);
  },
  jsonSchema: () => ({ enum: EXIT_BITS }),
};

const WHY_NOT_1 =
  'Node.js itself ends with 1 when it cannot run ocspbot, and that must not ask for a reload; write for example: ';

export const serviceName: Schema<string> = {
  expected: 'the name of a service',
  read(value) {
    const name = text(this.expected).read(value);
    if (name === undefined || isServiceName(name)) return name;
    return report(value, `${quote(name)} cannot be the name of a service`, NAME_HINT);
  },
  jsonSchema: () => textMatching(SERVICE_NAME.source),
};

export const NAME_HINT =
  'names of services consist of letters, digits and _ . @ -, and begin with a letter or digit';

const EXPECTED = 'a list of a program and its arguments';

/** An argument. `on` and `12` are taken as text, and a script for `sh -c` may have several lines. */
const word: Schema<string> = {
  expected: 'text',
  read(value) {
    const scalar = scalarOf(value.node);
    if (scalar === undefined || scalar.type === 'nothing') return mismatch(value, this.expected);
    if (scalar.text === '') return report(value, `${value.label} is empty`, 'remove it');
    const unsafe = unsafeCharacter(scalar.text.replaceAll(/[\n\t]/g, ''));
    if (unsafe === undefined) return scalar.text;
    return report(value, `${value.label} contains the control character ${unsafe}`, 'remove it');
  },
  jsonSchema: () => ({ type: ['string', 'number', 'boolean'], pattern: `^(?:${SAFE}|[\n\t])+$` }),
};

const words = list(word);

const argv: Schema<Argv> = {
  expected: EXPECTED,
  read(value) {
    if (!isSeq(value.node)) return notAList(value);
    if (value.node.items.length === 0) {
      return report(value, `${value.label} is empty`, `write for example: ${value.example}`);
    }
    const [program, ...args] = (words.read(value) ?? []).map((located) => located.value);
    return program === undefined ? undefined : [program, ...args];
  },
  jsonSchema: (describe) => ({ type: 'array', items: word.jsonSchema(describe), minItems: 1 }),
};

const several = list(argv);

/** A single command, or a list of commands. */
export const commands: Schema<readonly Argv[]> = {
  expected: EXPECTED,
  read(value) {
    if (isListOfLists(value)) return several.read(value)?.map((located) => located.value);
    const one = argv.read(value);
    return one === undefined ? undefined : [one];
  },
  jsonSchema: (describe) => {
    const one = argv.jsonSchema(describe);
    return { anyOf: [one, { type: 'array', items: one, minItems: 1 }] };
  },
};

function isListOfLists({ tree, node }: Value): boolean {
  return isSeq(node) && node.items.some((item) => isSeq(target(tree, item)));
}

/** Reports a command that was written as a shell line, and shows the same command as a list. */
function notAList(value: Value): undefined {
  const scalar = scalarOf(value.node);
  if (scalar?.type !== 'text') return mismatch(value, EXPECTED);
  const isPlain = /^[\w@%+=:./ -]+$/.test(scalar.text);
  const advice = isPlain
    ? `write a list: [${scalar.text.trim().split(/ +/).join(', ')}]`
    : "write a list of words; where it takes a shell: [sh, -c, '…']";
  return report(value, `${value.label} is a line for a shell, but no shell is used`, advice);
}
