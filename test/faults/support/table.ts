/** Counts what happened by row and column, and writes it as a table of text. */
export class Table {
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #columns: readonly string[];

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  add(row: string, column: string): void {
    if (!this.#columns.includes(column)) throw new Error(`there is no column ${column}`);
    const counts = this.#counts.get(row) ?? new Map<string, number>();
    counts.set(column, (counts.get(column) ?? 0) + 1);
    this.#counts.set(row, counts);
  }

  toString(): string {
    const rows = [...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const cells = rows.map(([row, counts]) => [
      row,
      ...this.#columns.map((one) => String(counts.get(one) ?? '·')),
    ]);
    const all = [['', ...this.#columns], ...cells];
    const widths = all[0]?.map((_, index) => Math.max(...all.map((line) => line[index]?.length ?? 0))) ?? [];
    return all
      .map((line) =>
        line
          .map((cell, index) =>
            index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0),
          )
          .join('  '),
      )
      .join('\n');
  }
}
