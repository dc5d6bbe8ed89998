import { resolve } from 'node:path';
import { listedCandidates } from './candidates.js';
import type { Candidate } from './candidates.js';
import { discover } from './discovery.js';
import { readIncludes } from './includes.js';
import type { IncludedSection, TopSection } from './keys.js';
import type { Parsed } from './parse.js';
import { pathsOf } from './paths.js';
import type { Paths } from './paths.js';
import { Places } from './places.js';
import type { Problems } from './problems.js';
import type { Draft } from './rules/rule.js';
import { readServices } from './services.js';
import { settingsOf } from './settings.js';
import type { Surroundings } from './surroundings.js';

export interface Drafted {
  readonly draft: Draft;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

type Main = Extract<Parsed<TopSection>, { kind: 'section' }>;

/** Gathers what the main file, the included ones and the scanned folders say. */
export function makeDraft(file: string, main: Main, system: Surroundings, problems: Problems): Drafted {
  const top = main.section;
  const paths = pathsOf(file, top, system.workingFolder);
  const places = new Places(system.files);
  const included = readIncludes(top.includes?.value ?? [], paths, system.files, places, problems);
  const sections = [top, ...included.sections];
  const gathered = sections.map((section) => gather(section, paths, places, problems));
  const draft: Draft = {
    top,
    sections,
    candidates: gathered.flatMap(({ candidates }) => candidates),
    services: main.isBroken('services')
      ? undefined
      : readServices(top.services?.value ?? [], paths, problems),
    settings: settingsOf(top, paths, system.environment),
    paths,
    places,
    read: (path, limit) => system.files.read(path, limit),
    files: [resolve(system.workingFolder, file), ...included.files],
  };
  return {
    draft,
    warnings: [...included.warnings, ...gathered.flatMap(({ warnings }) => warnings)],
    notes: gathered.flatMap(({ notes }) => notes),
  };
}

interface Gathered {
  readonly candidates: readonly Candidate[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** The certificates of one file: first those that are found, then those that are listed. */
function gather(section: IncludedSection, paths: Paths, places: Places, problems: Problems): Gathered {
  const scans = (section.scan_keys?.value ?? []).map((scan) => discover(scan, paths, places, problems));
  const listed = listedCandidates(section.domains?.value ?? [], paths);
  return {
    candidates: [...scans.flatMap(({ candidates }) => candidates), ...listed],
    warnings: scans.flatMap(({ warnings }) => warnings),
    notes: scans.flatMap(({ notes }) => notes),
  };
}
