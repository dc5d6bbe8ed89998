import { join, resolve } from 'node:path';
import type { Files } from '../system/interfaces/files.js';
import { LIMITS } from '../defaults.js';
import { INCLUDED_FILE } from './keys.js';
import type { IncludedSection } from './keys.js';
import type { Located } from './kinds/kind.js';
import { placeOf } from './document/fields.js';
import { parse } from './parse.js';
import type { Paths } from './paths.js';
import { errnoOf, faultOf } from './places.js';
import type { Places } from './places.js';
import type { Problems } from './problems.js';
import { quote } from '../text/visible.js';

export interface Included {
  readonly sections: IncludedSection[];
  readonly files: string[];
  readonly warnings: string[];
}

/** Reads the `*.yml` and `*.yaml` of the folders, in the order of their names. */
export function readIncludes(
  folders: readonly Located<string>[],
  paths: Paths,
  files: Pick<Files, 'read'>,
  places: Places,
  problems: Problems,
): Included {
  const included: Included = { sections: [], files: [], warnings: [] };
  for (const folder of folders) {
    for (const path of filesOf(folder, paths, places, problems, included.warnings)) {
      included.files.push(path);
      const order = included.files.length;
      const bytes = readBytes(path, folder, files, problems);
      if (bytes === undefined) continue;
      const parsed = parse({ file: paths.shown(path), bytes, order }, INCLUDED_FILE, problems);
      if (parsed.kind === 'section') included.sections.push(parsed.section);
    }
  }
  return included;
}

function filesOf(
  { value, spot }: Located<string>,
  paths: Paths,
  places: Places,
  problems: Problems,
  warnings: string[],
): string[] {
  const folder = resolve(paths.base, value);
  const listing = places.list(folder);
  switch (listing.kind) {
    case 'entries':
      return [...listing.entries.keys()]
        .filter((name) => /^[^.].*\.ya?ml$/s.test(name))
        .map((name) => join(folder, name))
        .filter((path) => places.look(path).kind !== 'folder');
    case 'absent':
      warnings.push(`the folder ${quote(folder)} that ${placeOf(spot)} includes does not exist`);
      return [];
    case 'no-folder':
    case 'unreadable':
      problems.add(
        spot,
        `the folder ${quote(folder)} ${faultOf(listing)}`,
        'name a folder with *.yml or *.yaml files',
      );
      return [];
  }
}

function readBytes(
  path: string,
  { spot }: Located<string>,
  files: Pick<Files, 'read'>,
  problems: Problems,
): Uint8Array | undefined {
  try {
    return files.read(path, LIMITS.configurationFile);
  } catch (error) {
    problems.add(
      spot,
      `the file ${quote(path)} cannot be read (${errnoOf(error)})`,
      'make it readable, or remove it',
    );
    return undefined;
  }
}
