import type { ErrorCode } from '../util/errors.js';
import type { SourceRange } from './yaml/source.js';
import type { Defect, Entry, EntryDefect, SharedDefect } from './model.js';
import { inOrder, problemAt, type LocatedProblem } from './problems.js';

/** A message that says what is wrong, and a hint that says what to do about it. */
export type MessageAndHint = readonly [message: string, hint: string];

/** Collects faults on the disk. They stop no run: an entry with a defect fails, and the others are refreshed. */
export class Defects {
  readonly #ofEntries = new Map<Entry, LocatedProblem<EntryDefect>[]>();
  readonly #shared: LocatedProblem<SharedDefect>[] = [];

  add(entry: Entry, code: ErrorCode, range: SourceRange, [message, hint]: MessageAndHint): void {
    const problem: EntryDefect = { ...problemAt(range, message, hint), effect: 'entry', code };
    this.#ofEntries.set(entry, [...(this.#ofEntries.get(entry) ?? []), { range, problem }]);
  }

  addShared(effect: SharedDefect['effect'], range: SourceRange, [message, hint]: MessageAndHint): void {
    this.#shared.push({ range, problem: { ...problemAt(range, message, hint), effect } });
  }

  /** Returns the entry with its own defects, if it has any. */
  mark(entry: Entry): Entry {
    const found = this.#ofEntries.get(entry);
    return found === undefined ? entry : { ...entry, defects: inOrder(found) };
  }

  /** Returns all defects. Something that several entries lack, like a folder, is reported once. */
  found(): LocatedProblem<Defect>[] {
    const every = [...this.#shared, ...[...this.#ofEntries.values()].flat()];
    const known = new Set<string>();
    return every.filter(({ problem: { message } }) => !known.has(message) && known.add(message));
  }
}
