import type { Span } from '../report/text.js';
import { byUrgency, type Snapshot } from './snapshot.js';
import { attentionLines, summaryText, warningLines } from './summary.js';
import { tableLines } from './table.js';

/** Formats a snapshot for people, for so many columns: the table, what needs attention, and a summary. */
export function snapshotText(snapshot: Snapshot, width: number): Span[][] {
  const rows = tableLines(byUrgency(snapshot.certificates), snapshot.now, width);
  const troubles = attentionLines(snapshot).map(({ text }): Span[] => [{ text, tone: 'bad' }]);
  const doubts = warningLines(snapshot).map(({ text }): Span[] => [{ text, tone: 'doubtful' }]);
  return [...rows, ...doubts, ...troubles, [{ text: summaryText(snapshot) }]];
}
