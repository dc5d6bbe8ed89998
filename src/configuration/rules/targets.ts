import { dirname } from 'node:path';
import type { Candidate } from '../candidates.js';
import type { Spot } from '../document/source.js';
import { placeOf } from '../document/fields.js';
import type { Place } from '../places.js';
import { quote } from '../../text/visible.js';
import { repeated } from './repeated.js';
import type { Draft, Rule } from './rule.js';

/** A response replaces a file or begins one; nothing else may be where it goes. */
export const targetsAreFiles: Rule = ({ candidates, places }, problems) => {
  for (const { entry, spots } of candidates) {
    if (places.look(dirname(entry.ocsp)).kind !== 'folder') continue;
    const fault = TARGET_FAULTS[places.look(entry.ocsp).kind];
    if (fault === undefined) continue;
    problems.add(
      spots.ocsp,
      `"ocsp" of ${quote(entry.name)} ${fault.what}: ${quote(entry.ocsp)}`,
      fault.hint,
    );
  }
};

const TARGET_FAULTS: Record<Place['kind'], { what: string; hint: string } | undefined> = {
  file: undefined,
  absent: undefined,
  folder: { what: 'is a folder', hint: 'name a file in it' },
  other: { what: 'is no regular file', hint: 'name a regular file, or one that is not there yet' },
  unreachable: {
    what: 'cannot be reached',
    hint: 'check the permissions of the folders on the way, and the links',
  },
};

/**
 * The folders of responses are there: made by us, they could be the wrong ones. Each folder is reported once.
 * Only the subfolders that a scan mirrors are made when they are needed: a new one must not stop all others.
 */
export const targetFoldersExist: Rule = (draft, problems) => {
  const { candidates, places } = draft;
  const seen = new Set<string>();
  for (const candidate of candidates) {
    const folder = dirname(candidate.entry.ocsp);
    if (seen.has(folder)) continue;
    seen.add(folder);
    const { kind } = places.look(folder);
    if (kind === 'folder') continue;
    if (kind === 'absent' && candidate.origin === 'found' && folder !== draft.paths.ocspFolder) continue;
    problems.add(folderSpot(draft, candidate, folder), ...missingFolder(folder, kind));
  }
};

function folderSpot({ top, paths }: Draft, { spots }: Candidate, folder: string): Spot {
  return folder === paths.ocspFolder && top.ocsp_folder !== undefined ? top.ocsp_folder.spot : spots.ocsp;
}

/** The message and the hint for a folder that must be there. */
export function missingFolder(folder: string, kind: Place['kind']): [message: string, hint: string] {
  if (kind === 'absent')
    return [`the folder ${quote(folder)} does not exist`, `mkdir -p ${shellWord(folder)}`];
  if (kind === 'unreachable') {
    return [
      `the folder ${quote(folder)} cannot be reached`,
      'check the permissions of the folders on the way',
    ];
  }
  return [`${quote(folder)} is not a folder`, 'name a folder'];
}

function shellWord(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** Two certificates that share a file would replace each other's response for ever. */
export const targetsAreUnique: Rule = ({ candidates, places }, problems) => {
  for (const [first, candidate] of repeated(candidates, ({ entry }) => places.look(entry.ocsp).real)) {
    const { name, ocsp } = candidate.entry;
    // A name that is there twice is reported as that.
    if (first.entry.name === name) continue;
    const message = `${quote(first.entry.name)} and ${quote(name)} write the same file ${quote(ocsp)}`;
    problems.add(
      candidate.spots.ocsp,
      message,
      `the other is at ${placeOf(first.spots.ocsp)}; give each its own`,
    );
  }
};

/** A response must not replace what the configuration reads. */
export const targetsAreNoInputs: Rule = (draft, problems) => {
  const { candidates, places } = draft;
  const inputs = inputsOf(draft);
  for (const { entry, spots } of candidates) {
    const input = inputs.get(places.look(entry.ocsp).real);
    if (input === undefined) continue;
    const message = `"ocsp" of ${quote(entry.name)} would overwrite ${input}: ${quote(entry.ocsp)}`;
    problems.add(spots.ocsp, message, 'name a file of its own for the response');
  }
};

function inputsOf({ candidates, places, files, settings }: Draft): Map<string, string> {
  const inputs = new Map<string, string>();
  const add = (path: string | undefined, what: string): void => {
    if (path !== undefined) inputs.set(places.look(path).real, what);
  };
  for (const { entry } of candidates) {
    add(entry.rootchain, `the root chain of ${quote(entry.name)}`);
    add(entry.chain, `the chain of ${quote(entry.name)}`);
    add(entry.cert, `the certificate of ${quote(entry.name)}`);
  }
  for (const path of settings.trustedResponders) add(path, 'a trusted responder');
  for (const path of files) add(path, 'the configuration');
  return inputs;
}
