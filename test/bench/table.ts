import { median, type Sample } from './measure.js';

const COLUMNS = ['what', 'median', 'best', 'processor', 'peak', '× node -e 1', '× reference', 'to reach'];
const WIDTHS = [30, 9, 9, 9, 9, 13, 20, 20];

export interface Beside {
  /** Samples of `node -e 1`, measured in turn with the program. */
  readonly bare: readonly Sample[];
  /** Samples of the reference, if there is one. */
  /** Empty where it is not there. */
  readonly reference: readonly Sample[];
  readonly aim: string;
}

export function heading(): string {
  return `${line(COLUMNS)}\n${line(WIDTHS.map((width) => '─'.repeat(width)))}`;
}

/** Formats ratios of medians: of elapsed time, and in brackets of processor time. */
export function row(what: string, ours: readonly Sample[], { bare, reference, aim }: Beside): string {
  const { wall, cpu } = medians(ours);
  const best = Math.min(...ours.map((sample) => sample.wall));
  const peak = Math.max(...ours.map((sample) => sample.peak));
  const times = [wall, best, cpu].map((seconds) => `${seconds.toFixed(3)} s`);
  const besides = reference.length === 0 ? '-' : ratio(ours, reference);
  return line([what, ...times, `${peak.toFixed(0)} MiB`, ratio(ours, bare), besides, aim]);
}

/** A figure that is not of one race. */
export function figure(what: string, value: string, aim: string): string {
  return line([what, value, '', '', '', '', '', aim]);
}

function ratio(ours: readonly Sample[], others: readonly Sample[]): string {
  const [one, other] = [medians(ours), medians(others)];
  return `${(one.wall / other.wall).toFixed(2)} (${(one.cpu / other.cpu).toFixed(2)})`;
}

function medians(samples: readonly Sample[]): { wall: number; cpu: number } {
  return { wall: median(samples.map(({ wall }) => wall)), cpu: median(samples.map(({ cpu }) => cpu)) };
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index === 0 ? cell.padEnd(30) : cell.padStart(WIDTHS[index] ?? 0)))
    .join('  ');
}
