import type { Spot } from '../document/source.js';
import type { Place } from '../places.js';
import type { Problems } from '../problems.js';
import { quote } from '../../text/visible.js';
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

export const caFileExists: Rule = (draft, problems) => {
  const written = draft.top.http?.value.ca_file;
  const { caFile } = draft.settings.http;
  if (written !== undefined && caFile !== undefined)
    checkFile(draft, caFile, 'the CA file', written.spot, problems);
};

export function checkFile(draft: Draft, path: string, what: string, spot: Spot, problems: Problems): void {
  const fault = FAULTS[draft.places.look(path).kind];
  if (fault === undefined) return;
  problems.add(spot, `${what} ${quote(path)} ${fault.what}`, fault.hint ?? hintForAbsent(draft, spot));
}

const FAULTS: Record<Place['kind'], { what: string; hint?: string } | undefined> = {
  file: undefined,
  absent: { what: 'does not exist' },
  folder: { what: 'is a folder', hint: 'name the file in it' },
  other: { what: 'is no regular file', hint: 'name a regular file' },
  unreachable: {
    what: 'cannot be reached',
    hint: 'check the permissions of the folders on the way, and the links',
  },
};

/** Cron starts programs elsewhere than a person does: whoever wrote a relative path is told where it begins. */
function hintForAbsent({ paths }: Draft, { source, start, end }: Spot): string {
  const written = source.text.slice(start, end).replace(/^['"]/, '');
  if (written.startsWith('/')) return 'correct the path, or put the file there';
  if (written.startsWith('~')) return 'write the whole path: ~ is not expanded here';
  return `relative paths begin in ${paths.origin} (${quote(paths.base)})`;
}
