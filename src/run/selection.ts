import { type Configuration, type Entry, unknownPlaces } from '../configuration/model.js';
import { didYouMean } from '../util/nearest.js';
import { OcspbotError } from '../util/errors.js';
import { shownCommand } from '../util/text.js';

/** The certificates of a run: all of the configuration if both lists are empty. */
export interface Selection {
  /** Exact names. */
  readonly only: readonly string[];
  /** Patterns with `*` and `?`. */
  readonly match: readonly string[];
}

type Configured = Pick<Configuration, 'entries' | 'file'> & Partial<Pick<Configuration, 'defects'>>;

export function isSelection({ only, match }: Selection): boolean {
  return only.length > 0 || match.length > 0;
}

/** Returns the selected entries in the order of the configuration. Throws `usage` for a name or pattern that selects none. */
export function selectEntries(configuration: Configured, { only, match }: Selection): readonly Entry[] {
  const { entries } = configuration;
  if (!isSelection({ only, match })) return entries;
  const named = new Set(only.map((name) => findEntry(configuration, name, '--only')));
  const patterns = match.map((glob) => patternOf(glob, configuration));
  return entries.filter((entry) => named.has(entry) || patterns.some((pattern) => pattern.test(entry.name)));
}

/**
 * Finds the certificate of a name. The name is the value of `option`, or else an operand of the command line.
 *
 * @throws OcspbotError `usage`, or `configuration-unreadable` if the certificate may be in an unreadable place
 */
export function findEntry(configuration: Configured, name: string, option?: string): Entry {
  const { entries, file, defects = [] } = configuration;
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const problem =
    option === undefined ? `${file} has no certificate of the name ${name}` : `${option} ${name}: ${NO_NAME}`;
  // A certificate in an unreadable place must not look as if it had been taken out of the configuration.
  const [place] = unknownPlaces(defects);
  if (place !== undefined)
    throw new OcspbotError('configuration-unreadable', `${problem}; but ${place.message}`, {
      hint: place.hint,
    });
  const isPattern = option !== undefined && entries.some((entry) => compile(name).test(entry.name));
  const hint = isPattern
    ? `patterns go to --match: ${shownCommand(['--match', name])}`
    : didYouMean(
        name,
        entries.map((entry) => entry.name),
      );
  throw new OcspbotError('usage', problem, { hint: hint ?? seeNames(file) });
}

const NO_NAME = 'no certificate has this name';

function patternOf(glob: string, { entries, file }: Configured): RegExp {
  const pattern = compile(glob);
  if (entries.some(({ name }) => pattern.test(name))) return pattern;
  throw new OcspbotError('usage', `--match ${glob}: no certificate has such a name`, {
    hint: seeNames(file),
  });
}

function compile(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`, 'su');
}

function seeNames(file: string): string {
  return `list the names with: ${shownCommand(['ocspbot', 'validate', '--verbose', file])}`;
}
