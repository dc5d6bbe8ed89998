import { presentable } from '../util/text.js';
import type { Outlet } from './sinks.js';

/** A line on a terminal that is shown until other text takes its place, such as the progress of a run. */
export interface ShownLine {
  show(text: string): void;
  clear(): void;
}

/** Moves to the first column and erases the line. */
const CLEAR_LINE = '\r\u001B[K';

export function openShownLine(terminal: Outlet): ShownLine {
  let isShown = false;
  return {
    show: (text) => {
      // CLEAR_LINE erases one line: the rest of a text that goes on in the next one would stay.
      terminal.write(`${CLEAR_LINE}${presentable(text).slice(0, (terminal.columns || Infinity) - 1)}`);
      isShown = true;
    },
    clear: () => {
      if (isShown) terminal.write(CLEAR_LINE);
      isShown = false;
    },
  };
}
