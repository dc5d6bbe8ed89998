import type { Span } from '../report/text.js';
import { fit } from '../util/columns.js';
import type { Instant } from '../util/time.js';
import { BAR_LEGEND } from './lifetime-bar.js';
import type { CertificateStatus } from './snapshot.js';
import { BAR } from './table-columns.js';
import { GAP, layOut } from './table-layout.js';

/** Formats certificates as a table that fits into so many columns. */
export function tableLines(
  certificates: readonly CertificateStatus[],
  now: Instant,
  width: number,
): Span[][] {
  if (certificates.length === 0) return [];
  const sized = layOut(certificates, now, width);
  const head = sized.map(({ column, columns }): Span => ({
    text: fit(column.title, columns),
    tone: 'faint',
  }));
  const rows = certificates.map((one) =>
    sized.map(({ column, columns }): Span => {
      const text = fit(column.cell(one, now, columns), columns);
      return { text, tone: column.tone?.(one) };
    }),
  );
  const legend: Span[][] = sized.some(({ column }) => column === BAR)
    ? [[{ text: BAR_LEGEND, tone: 'faint' }]]
    : [];
  return [...[head, ...rows].map(separated), ...legend];
}

function separated(cells: readonly Span[]): Span[] {
  const last = cells.length - 1;
  return cells.map(({ text, tone }, index) => ({
    text: index === last ? text.trimEnd() : text + ' '.repeat(GAP),
    tone,
  }));
}
