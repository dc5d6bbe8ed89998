import { resolve } from 'node:path';
import { listedCandidates } from './candidates.js';
import type { Candidate } from './candidates.js';
import { discover } from './discovery.js';
import { readIncludes } from './includes.js';
import type { IncludedSection, TopSection } from './keys.js';
import { pathsOf } from './paths.js';
import type { Paths } from './paths.js';
import { Places } from './places.js';
import { isRefused } from './kinds/refused.js';
import type { Draft, Findings } from './rules/rule.js';
import { readServices } from './services.js';
import { settingsOf } from './settings.js';
import type { Surroundings } from './surroundings.js';

export interface Drafted {
  readonly draft: Draft;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** Gathers what the main file, the included ones and the scanned folders say. */
export function makeDraft(file: string, top: TopSection, system: Surroundings, findings: Findings): Drafted {
  const paths = pathsOf(file, top, system.workingFolder);
  const places = new Places(system.files);
  const included = readIncludes(top.includes?.value ?? [], { paths, places, files: system.files }, findings);
  const sections = [top, ...included.sections];
  const gathered = sections.map((section) => gather(section, paths, places, findings));
  const draft: Draft = {
    top,
    sections,
    candidates: gathered.flatMap(({ candidates }) => candidates),
    services: isRefused(top, 'services')
      ? undefined
      : readServices(top.services?.value ?? [], paths, findings.problems),
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
function gather(section: IncludedSection, paths: Paths, places: Places, findings: Findings): Gathered {
  const scans = (section.scan_keys?.value ?? []).map((scan) =>
    discover(scan, paths, places, findings.defects),
  );
  const listed = listedCandidates(section.domains?.value ?? [], paths);
  return {
    candidates: [...scans.flatMap(({ candidates }) => candidates), ...listed],
    warnings: scans.flatMap(({ warnings }) => warnings),
    notes: scans.flatMap(({ notes }) => notes),
  };
}
