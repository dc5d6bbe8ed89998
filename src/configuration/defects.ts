import type { ErrorCode } from '../util/errors.js';
import type { SourceRange } from './yaml/source.js';
import type { Defect, Entry, EntryDefect, SharedDefect } from './model.js';
import { inOrder, problemAt, type Found } from './problems.js';

/** What is wrong, and what to do about it. */
export type Words = readonly [message: string, hint: string];

/**
 * Collects what the disk holds or lacks. It stops no run: an entry that has a defect fails, and the others are looked
 * after.
 */
export class Defects {
  readonly #ofEntries = new Map<Entry, Found<EntryDefect>[]>();
  readonly #shared: Found<SharedDefect>[] = [];

  add(entry: Entry, code: ErrorCode, spot: SourceRange, [message, hint]: Words): void {
    const problem: EntryDefect = { ...problemAt(spot, message, hint), effect: 'entry', code };
    this.#ofEntries.set(entry, [...(this.#ofEntries.get(entry) ?? []), { spot, problem }]);
  }

  addShared(effect: SharedDefect['effect'], spot: SourceRange, [message, hint]: Words): void {
    this.#shared.push({ spot, problem: { ...problemAt(spot, message, hint), effect } });
  }

  /** The entry with its own defects, if it has any. */
  mark(entry: Entry): Entry {
    const found = this.#ofEntries.get(entry);
    return found === undefined ? entry : { ...entry, defects: inOrder(found) };
  }

  /** What several entries miss, like a folder, is there once. */
  found(): Found<Defect>[] {
    const every = [...this.#shared, ...[...this.#ofEntries.values()].flat()];
    const known = new Set<string>();
    return every.filter(({ problem: { message } }) => !known.has(message) && known.add(message));
  }
}
