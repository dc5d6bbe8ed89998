import { basename, dirname } from 'node:path';
import { quote } from '../../util/text.js';
import type { Candidate } from '../candidates.js';
import { placeOf } from '../yaml/fields.js';
import { duplicates, resolveConflict } from './inputs.js';
import type { Rule } from './rule.js';
import { faultOf } from './target-faults.js';
import { inputsAmong } from './input-files.js';

/** Requires that the target of a response is a regular file or does not exist. */
export const targetsAreFiles: Rule = ({ candidates, lookup }, { defects }) => {
  for (const { entry, ranges } of candidates) {
    if (lookup.look(dirname(entry.ocsp)).kind !== 'folder') continue;
    const fault = faultOf(lookup.look(entry.ocsp));
    if (fault === undefined) continue;
    const [what, hint] = fault;
    const message = `"ocsp" of ${quote(entry.name)} ${what}: ${quote(entry.ocsp)}`;
    defects.add(entry, 'target-unsuitable', ranges.ocsp, [message, hint]);
  }
};

/**
 * Requires a file of its own for each response, since two certificates with one file would replace each other's response.
 * Certificates of different keys may share one: a server has both under one name, and nginx staples one file with both.
 */
export const targetsAreUnique: Rule = ({ fileUse }, { problems, defects }) => {
  for (const { kept, refused, isSameKey } of fileUse.conflicts) {
    const { name, ocsp } = refused.entry;
    // namesAreUnique reports duplicate names.
    if (kept.entry.name === name) continue;
    const message = `${quote(kept.entry.name)} and ${quote(name)} write the same file ${quote(ocsp)}`;
    const why = isSameKey ? ONE_KEY : refused.entry.format === 'pem-chain' ? ONE_CHAIN : '';
    const hint = `the other is at ${placeOf(kept.ranges.ocsp)}; give each its own${why}`;
    // A renewal may have changed the key, which must not stop the other certificates.
    const isWritten = refused.origin === 'listed' && kept.entry.ocsp === ocsp && !isSameKey;
    if (isWritten) problems.add(refused.ranges.ocsp, message, hint);
    else defects.add(refused.entry, 'target-unsuitable', refused.ranges.ocsp, [message, hint]);
  }
};

const ONE_KEY = ': only certificates of different keys (RSA, ECDSA) can share one';
const ONE_CHAIN = ': a file in "format: pem-chain" is for one certificate';

/** Requires that no response replaces a file that the configuration reads. */
export const targetsAreNoInputs: Rule = (draft, { problems, defects }) => {
  const { candidates, lookup } = draft;
  const inputs = inputsAmong(new Set(candidates.map(({ entry }) => lookup.look(entry.ocsp).real)), draft);
  for (const { entry, origin, ranges } of candidates) {
    const input = inputs.get(lookup.look(entry.ocsp).real);
    if (input === undefined) continue;
    const message = `"ocsp" of ${quote(entry.name)} would overwrite ${input.what()}: ${quote(entry.ocsp)}`;
    const hint = 'name a file of its own for the response';
    const isWritten = origin === 'listed' && input.path === entry.ocsp;
    if (isWritten) problems.add(ranges.ocsp, message, hint);
    else defects.add(entry, 'target-unsuitable', ranges.ocsp, [message, hint]);
  }
};

/**
 * Requires distinct file names of responses if backups share a folder. Backups have the file name of the response without
 * its folder, so two responses with one name would delete each other's backups.
 */
export const backupNamesAreUnique: Rule = (
  { candidates, lookup, settings: { backups } },
  { problems, defects },
) => {
  if (backups.kind === 'off' || backups.folder === undefined) return;
  const realOf = ({ entry }: Candidate) => lookup.look(entry.ocsp).real;
  for (const [first, later] of duplicates(candidates, (one) => basename(realOf(one)))) {
    const [kept, refused] = resolveConflict(first, later);
    // targetsAreUnique reports two entries with the same file.
    if (realOf(kept) === realOf(refused)) continue;
    const [one, other] = [kept, refused].map(({ entry }) => quote(entry.name));
    const message = `the backups of ${one} and ${other} would have the same names in ${quote(backups.folder)}`;
    const hint = `the other is at ${placeOf(kept.ranges.ocsp)}; give each file a name of its own, or leave out "folder" of "backups"`;
    const isWritten =
      refused.origin === 'listed' && basename(kept.entry.ocsp) === basename(refused.entry.ocsp);
    if (isWritten) problems.add(refused.ranges.ocsp, message, hint);
    else defects.add(refused.entry, 'target-unsuitable', refused.ranges.ocsp, [message, hint]);
  }
};
