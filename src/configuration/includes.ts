import { join, resolve } from 'node:path';
import { LIMITS } from '../util/limits.js';
import { readFailure } from '../util/read-failure.js';
import type { Files } from '../system/system.js';
import { quote } from '../util/text.js';
import { placeOf } from './yaml/fields.js';
import type { SourceRange } from './yaml/source.js';
import { hintForShellPath } from './written-path.js';
import { INCLUDED_FILE, type IncludedSection } from './keys.js';
import type { Located } from './schema/value.js';
import { parse } from './parse.js';
import type { Paths } from './settings.js';
import { listingFault, type FileLookup } from './file-lookup.js';
import type { Findings } from './rules/rule.js';

export interface Included {
  readonly sections: IncludedSection[];
  readonly files: string[];
  readonly warnings: string[];
}

interface Reading {
  readonly paths: Paths;
  readonly lookup: FileLookup;
  readonly files: Pick<Files, 'read'>;
}

/**
 * Reads the `*.yml` and `*.yaml` of the folders, in the order of their names. A file that cannot be read is a defect of
 * the disk: certificates in other files are still refreshed.
 */
export function readIncludes(
  folders: readonly Located<string>[],
  reading: Reading,
  findings: Findings,
): Included {
  const included: Included = { sections: [], files: [], warnings: [] };
  // Several folders may have a file by links, and a folder may be written twice.
  const known = new Set<string>();
  for (const folder of folders) {
    for (const path of filesOf(folder, reading, findings, included.warnings)) {
      const { real } = reading.lookup.look(path);
      if (known.has(real)) continue;
      known.add(real);
      included.files.push(path);
      const order = included.files.length;
      const bytes = readBytes(path, folder, reading, findings);
      if (bytes === undefined) continue;
      const input = { file: reading.paths.shorten(path), bytes, order };
      const parsed = parse(input, INCLUDED_FILE, findings.problems);
      if (parsed.kind === 'section') included.sections.push(parsed.section);
    }
  }
  return included;
}

function filesOf(
  { value, range }: Located<string>,
  { paths, lookup }: Reading,
  { defects }: Findings,
  warnings: string[],
): string[] {
  const folder = resolve(paths.base, value);
  const listing = lookup.list(folder);
  switch (listing.kind) {
    case 'entries':
      return [...listing.entries.keys()]
        .filter((name) => /^[^.].*\.ya?ml$/s.test(name))
        .map((name) => join(folder, name))
        .filter((path) => lookup.look(path).kind !== 'folder');
    case 'absent':
      warnings.push(
        `the folder ${quote(folder)} that ${placeOf(range)} includes does not exist${adviceOn(range)}`,
      );
      return [];
    case 'no-folder':
    case 'unreadable': {
      const message = `the folder ${quote(folder)} ${listingFault(listing)}`;
      defects.addShared('unknown-certificates', range, [message, 'name a folder with *.yml or *.yaml files']);
      return [];
    }
  }
}

function adviceOn(range: SourceRange): string {
  const hint = hintForShellPath(range);
  return hint === undefined ? '' : `: ${hint}`;
}

function readBytes(
  path: string,
  { range }: Located<string>,
  { files }: Reading,
  { defects }: Findings,
): Uint8Array | undefined {
  try {
    return files.read(path, LIMITS.configurationFile);
  } catch (error) {
    const { problem } = readFailure(error);
    const message = `the file ${quote(path)} ${problem}`;
    defects.addShared('unknown-certificates', range, [message, 'make it readable, or remove it']);
    return undefined;
  }
}
