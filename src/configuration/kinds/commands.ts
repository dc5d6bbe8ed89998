import { isSeq } from 'yaml';
import { target } from '../document/tree.js';
import type { Argv } from '../model.js';
import { unsafeCharacter } from '../../text/visible.js';
import { list } from './collections.js';
import { mismatch, report, scalarOf } from './kind.js';
import type { Kind, Value } from './kind.js';

const EXPECTED = 'a list of a program and its arguments';

/** An argument: of `on` and `12` the text is meant, and scripts for `sh -c` may have several lines. */
const word: Kind<string> = {
  expected: 'text',
  read(value) {
    const scalar = scalarOf(value.node);
    if (scalar === undefined || scalar.type === 'nothing') return mismatch(value, this.expected);
    if (scalar.text === '') return report(value, `${value.label} is empty`, 'remove it');
    const unsafe = unsafeCharacter(scalar.text.replaceAll(/[\n\t]/g, ''));
    if (unsafe === undefined) return scalar.text;
    return report(value, `${value.label} contains the control character ${unsafe}`, 'remove it');
  },
};

const words = list(word);

const argv: Kind<Argv> = {
  expected: EXPECTED,
  read(value) {
    if (!isSeq(value.node)) return notAList(value);
    if (value.node.items.length === 0) {
      return report(value, `${value.label} is empty`, `write for example: ${value.example}`);
    }
    const [program, ...args] = (words.read(value) ?? []).map((located) => located.value);
    return program === undefined ? undefined : [program, ...args];
  },
};

const several = list(argv);

/** One command, or a list of commands. */
export const commands: Kind<readonly Argv[]> = {
  expected: EXPECTED,
  read(value) {
    if (isListOfLists(value)) return several.read(value)?.map((located) => located.value);
    const one = argv.read(value);
    return one === undefined ? undefined : [one];
  },
};

function isListOfLists({ tree, node }: Value): boolean {
  return isSeq(node) && node.items.some((item) => isSeq(target(tree, item)));
}

/** Whoever writes a line for a shell is shown the same as a list. */
function notAList(value: Value): undefined {
  const scalar = scalarOf(value.node);
  if (scalar?.type !== 'text') return mismatch(value, EXPECTED);
  const isPlain = /^[\w@%+=:./ -]+$/.test(scalar.text);
  const advice = isPlain
    ? `write a list: [${scalar.text.trim().split(/ +/).join(', ')}]`
    : "write a list of words; where it takes a shell: [sh, -c, '…']";
  return report(value, `${value.label} is a line for a shell, but no shell is used`, advice);
}
