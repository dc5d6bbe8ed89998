/**
 * The extent of campaigns. A file named `*.campaign.test.ts` tries very many cases, in minutes, and only
 * `npm run campaigns` runs it. With OCSPBOT_CAMPAIGNS=sample it tries a few of them, in seconds, which is what its author
 * needs. With OCSPBOT_CAMPAIGNS=all it tries all of them, in hours.
 */
export type Extent = 'sample' | 'long' | 'all';

const EXTENTS: readonly Extent[] = ['sample', 'long', 'all'];

export const EXTENT: Extent = readExtent(process.env['OCSPBOT_CAMPAIGNS'] ?? 'sample');

/** The seed of all choices. OCSPBOT_SEED repeats the choices of another run. */
export const SEED = Number(process.env['OCSPBOT_SEED'] ?? 1);

/** The value for the extent of this run. */
export function byExtent<T>(values: Readonly<Record<Extent, T>>): T {
  return values[EXTENT];
}

/** All of them, or for a sample one of every so many. */
export function* sampled<T>(items: Iterable<T>, every: number): Generator<T> {
  let index = SEED;
  for (const item of items) {
    if (EXTENT !== 'sample' || index % every === 0) yield item;
    index += 1;
  }
}

/** The time limit of a campaign in milliseconds. Only a campaign that hangs takes longer. */
export const CAMPAIGN_TIMEOUT = byExtent({ sample: 300_000, long: 3_600_000, all: 36_000_000 });

function readExtent(text: string): Extent {
  const extent = EXTENTS.find((one) => one === text);
  if (extent === undefined)
    throw new Error(`OCSPBOT_CAMPAIGNS is ${text}, but must be one of ${EXTENTS.join(', ')}`);
  return extent;
}
