import { basename, dirname, sep } from 'node:path';
import { quote } from '../../util/text.js';
import type { Candidate } from '../candidates.js';
import type { Words } from '../defects.js';
import type { Place } from '../file-lookup.js';
import { placeOf } from '../yaml/fields.js';
import type { SourceRange } from '../yaml/source.js';
import { givingWay, repeated } from './inputs.js';
import type { Draft, Rule } from './rule.js';

/** A response replaces a file or begins one; nothing else may be where it goes. */
export const targetsAreFiles: Rule = ({ candidates, places }, { defects }) => {
  for (const { entry, spots } of candidates) {
    if (places.look(dirname(entry.ocsp)).kind !== 'folder') continue;
    const fault = TARGET_FAULTS[places.look(entry.ocsp).kind];
    if (fault === undefined) continue;
    const [what, hint] = fault;
    const message = `"ocsp" of ${quote(entry.name)} ${what}: ${quote(entry.ocsp)}`;
    defects.add(entry, 'target-unsuitable', spots.ocsp, [message, hint]);
  }
};

const TARGET_FAULTS: Record<Place['kind'], Words | undefined> = {
  file: undefined,
  absent: undefined,
  folder: ['is a folder', 'name a file in it'],
  other: ['is no regular file', 'name a regular file, or one that is not there yet'],
  unreachable: ['cannot be reached', 'check the permissions of the folders on the way, and the links'],
};

/**
 * The folders of responses are there: made by us, they could be the wrong ones. Only the subfolders that a scan mirrors
 * are made when they are needed. Without `ocsp_folder` a run that keeps its state in there cannot even begin.
 */
export const targetFoldersExist: Rule = (draft, { problems, defects }) => {
  const { paths, places, settings } = draft;
  const isRoot = settings.stateFolder.startsWith(`${paths.ocspFolder}${sep}`);
  for (const candidate of draft.candidates) {
    const folder = dirname(candidate.entry.ocsp);
    const { kind } = places.look(folder);
    if (kind === 'folder') continue;
    if (kind === 'absent' && candidate.origin === 'found' && folder !== paths.ocspFolder) continue;
    const spot = folderSpot(draft, candidate, folder);
    const words = missingFolder(folder, kind);
    if (isRoot && folder === paths.ocspFolder) problems.add(spot, ...words);
    else defects.add(candidate.entry, 'target-unsuitable', spot, words);
  }
};

function folderSpot({ top, paths }: Draft, { spots }: Candidate, folder: string): SourceRange {
  return folder === paths.ocspFolder && top.ocsp_folder !== undefined ? top.ocsp_folder.spot : spots.ocsp;
}

/** The message and the hint for a folder that must be there. */
export function missingFolder(folder: string, kind: Place['kind']): Words {
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
export const targetsAreUnique: Rule = ({ candidates, places }, { problems, defects }) => {
  for (const [first, later] of repeated(candidates, ({ entry }) => places.look(entry.ocsp).real)) {
    const [stays, gives] = givingWay(first, later);
    const { name, ocsp } = gives.entry;
    // A name that is there twice is reported as that.
    if (stays.entry.name === name) continue;
    const message = `${quote(stays.entry.name)} and ${quote(name)} write the same file ${quote(ocsp)}`;
    const hint = `the other is at ${placeOf(stays.spots.ocsp)}; give each its own`;
    const isWritten = gives.origin === 'listed' && stays.entry.ocsp === ocsp;
    if (isWritten) problems.add(gives.spots.ocsp, message, hint);
    else defects.add(gives.entry, 'target-unsuitable', gives.spots.ocsp, [message, hint]);
  }
};

interface Input {
  readonly path: string;
  readonly what: string;
}

/** A response must not replace what the configuration reads. */
export const targetsAreNoInputs: Rule = (draft, { problems, defects }) => {
  const { candidates, places } = draft;
  const inputs = inputsOf(draft);
  for (const { entry, origin, spots } of candidates) {
    const input = inputs.get(places.look(entry.ocsp).real);
    if (input === undefined) continue;
    const message = `"ocsp" of ${quote(entry.name)} would overwrite ${input.what}: ${quote(entry.ocsp)}`;
    const hint = 'name a file of its own for the response';
    const isWritten = origin === 'listed' && input.path === entry.ocsp;
    if (isWritten) problems.add(spots.ocsp, message, hint);
    else defects.add(entry, 'target-unsuitable', spots.ocsp, [message, hint]);
  }
};

function inputsOf({ candidates, places, files, settings }: Draft): Map<string, Input> {
  const inputs = new Map<string, Input>();
  const add = (path: string | undefined, what: string): void => {
    if (path !== undefined) inputs.set(places.look(path).real, { path, what });
  };
  for (const { entry } of candidates) {
    add(entry.rootchain, `the root chain of ${quote(entry.name)}`);
    add(entry.chain, `the chain of ${quote(entry.name)}`);
    add(entry.cert, `the certificate of ${quote(entry.name)}`);
  }
  for (const path of settings.trustedResponders) add(path, 'a trusted responder');
  for (const { name, cert } of settings.issuers) add(cert, `the certificate of the issuer ${quote(name)}`);
  add(settings.http.caFile, 'the CA file');
  for (const path of files) add(path, 'the configuration');
  return inputs;
}

/**
 * In a folder of their own backups have the names of responses, but not of the folders that those are in: of two with
 * one name each would push out the other's.
 */
export const backupsAreTold: Rule = (
  { candidates, places, settings: { backups } },
  { problems, defects },
) => {
  if (backups.kind === 'off' || backups.folder === undefined) return;
  const realOf = ({ entry }: Candidate) => places.look(entry.ocsp).real;
  for (const [first, later] of repeated(candidates, (one) => basename(realOf(one)))) {
    const [stays, gives] = givingWay(first, later);
    // One file for both is reported as that.
    if (realOf(stays) === realOf(gives)) continue;
    const [one, other] = [stays, gives].map(({ entry }) => quote(entry.name));
    const message = `the backups of ${one} and ${other} would have the same names in ${quote(backups.folder)}`;
    const hint = `the other is at ${placeOf(stays.spots.ocsp)}; give each file a name of its own, or leave out "folder" of "backups"`;
    const isWritten = gives.origin === 'listed' && basename(stays.entry.ocsp) === basename(gives.entry.ocsp);
    if (isWritten) problems.add(gives.spots.ocsp, message, hint);
    else defects.add(gives.entry, 'target-unsuitable', gives.spots.ocsp, [message, hint]);
  }
};
