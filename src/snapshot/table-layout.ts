import { columnsOf } from '../util/columns.js';
import { visible } from '../util/text.js';
import type { Instant } from '../util/time.js';
import type { CertificateStatus } from './snapshot.js';
import { ALWAYS, BAR, type Column, EXPENDABLE, FURTHER, SHRINKING, WIDEST_BAR } from './table-columns.js';

/** A column, and how wide it is in this table. */
export interface SizedColumn {
  readonly column: Column;
  columns: number;
}

/** The blanks between two columns. */
export const GAP = 2;

/** Chooses the columns and their widths, so that all certificates fit into the width of a terminal. */
export function layOut(
  certificates: readonly CertificateStatus[],
  now: Instant,
  width: number,
): readonly SizedColumn[] {
  const natural = (column: Column) => {
    const cells = certificates.map((one) => columnsOf(visible(column.cell(one, now, column.widest))));
    return cells.reduce((one, other) => Math.max(one, Math.min(column.widest, other)), column.title.length);
  };
  const sized = chosen(
    ALWAYS.map((column) => ({ column, columns: natural(column) })),
    width,
  );
  for (const column of FURTHER) {
    // A column is at least as wide as its title. Its natural width costs a cell of each certificate.
    if (column.title.length + GAP > spareIn(sized, width)) continue;
    const columns = natural(column);
    if (columns + GAP <= spareIn(sized, width)) sized.push({ column, columns });
  }
  const bar = sized.find(({ column, columns }) => column === BAR && columns === BAR.widest);
  if (bar !== undefined) bar.columns = Math.min(WIDEST_BAR, bar.columns + spareIn(sized, width));
  return sized;
}

/** Returns the columns that every table has with their widths, or as many of them as there is room for. */
function chosen(all: readonly SizedColumn[], width: number): SizedColumn[] {
  const fewer = [0, 1, 2, 3].map((count) => EXPENDABLE.slice(0, count));
  const layouts = fewer.map((gone) =>
    shrunk(
      all.filter(({ column }) => !gone.includes(column)),
      width,
    ),
  );
  return layouts.find((sized) => spareIn(sized, width) >= 0) ?? (layouts.at(-1) as SizedColumn[]);
}

function shrunk(natural: readonly SizedColumn[], width: number): SizedColumn[] {
  const sized = natural.map((one) => ({ ...one }));
  for (const [shrinking, narrowest] of SHRINKING) {
    const found = sized.find(({ column }) => column === shrinking);
    const spare = spareIn(sized, width);
    if (found !== undefined && spare < 0)
      found.columns = Math.min(found.columns, Math.max(narrowest, found.columns + spare));
  }
  return sized;
}

function spareIn(sized: readonly SizedColumn[], width: number): number {
  return sized.reduce((left, { columns }) => left - columns - GAP, width + GAP);
}
