import type { Spot } from '../document/source.js';
import type { Place } from '../places.js';
import type { Problems } from '../problems.js';
import { quote } from '../visible.js';
import type { Draft, Rule } from './rule.js';

/** The files of listed certificates are there. What is in them is looked at later, one by one. */
export const certificateFilesExist: Rule = (draft, problems) => {
  for (const { entry, origin, spots } of draft.candidates) {
    if (origin === 'found') continue;
    checkFile(draft, entry.cert, 'the certificate', spots.cert, problems);
    if (entry.chain !== undefined) checkFile(draft, entry.chain, 'the chain', spots.chain, problems);
    if (entry.rootchain !== undefined)
      checkFile(draft, entry.rootchain, 'the root chain', spots.rootchain, problems);
  }
};

export const trustedRespondersExist: Rule = (draft, problems) => {
  const written = draft.top.trusted_responders?.value ?? [];
  for (const [index, { spot }] of written.entries()) {
    const path = draft.settings.trustedResponders[index];
    if (path !== undefined) checkFile(draft, path, 'the trusted responder', spot, problems);
  }
};

function checkFile(draft: Draft, path: string, what: string, spot: Spot, problems: Problems): void {
  const fault = FAULTS[draft.places.look(path).kind];
  if (fault === undefined) return;
  problems.add(spot, `${what} ${quote(path)} ${fault}`, hintFor(draft, spot));
}

const FAULTS: Record<Place['kind'], string | undefined> = {
  file: undefined,
  absent: 'does not exist',
  folder: 'is a folder',
  other: 'is no regular file',
  unreachable: 'cannot be reached',
};

/** Cron starts programs elsewhere than a person does: whoever wrote a relative path is told where it begins. */
function hintFor({ paths }: Draft, { source, start, end }: Spot): string {
  const written = source.text.slice(start, end).replace(/^['"]/, '');
  if (written.startsWith('/')) return 'correct the path, or check that this user may read it';
  if (written.startsWith('~')) return 'write the whole path: ~ is not expanded here';
  return `relative paths begin in ${paths.origin} (${quote(paths.base)})`;
}
