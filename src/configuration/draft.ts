import { resolve } from 'node:path';
import { type Candidate, listedCandidates } from './candidates.js';
import { FileLookup, type ReadingSystem } from './file-lookup.js';
import { readIncludes } from './includes.js';
import type { TopSection, IncludedSection } from './keys.js';
import type { Draft, Findings } from './rules/rule.js';
import { discover } from './scan.js';
import { isRefused } from './schema/value.js';
import { pathsOf, readServices, settingsOf, type Paths } from './settings.js';
import { fileUseOf } from './shared-files.js';

/** A configuration that no rule has judged yet. `notes` are shown only on request. */
export interface DraftResult {
  readonly draft: Draft;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** Combines the main file, the included files and the scanned folders. */
export function makeDraft(
  file: string,
  top: TopSection,
  system: ReadingSystem,
  findings: Findings,
): DraftResult {
  const paths = pathsOf(file, top, system.workingFolder);
  const lookup = new FileLookup(system.files);
  const included = readIncludes(top.includes?.value ?? [], { paths, lookup, files: system.files }, findings);
  const sections = [top, ...included.sections];
  const gathered = sections.map((section) => candidatesIn(section, paths, lookup, findings));
  const candidates = gathered.flatMap((one) => one.candidates);
  const draft: Draft = {
    top,
    sections,
    candidates,
    fileUse: fileUseOf(candidates, lookup, system.files),
    services: isRefused(top, 'services')
      ? undefined
      : readServices(top.services?.value ?? [], paths, findings.problems),
    settings: settingsOf(top, paths, system.environment),
    paths,
    lookup,
    read: (path, limit) => system.files.read(path, limit),
    files: [resolve(system.workingFolder, file), ...included.files],
  };
  return {
    draft,
    warnings: [...included.warnings, ...gathered.flatMap(({ warnings }) => warnings)],
    notes: gathered.flatMap(({ notes }) => notes),
  };
}

interface FileCandidates {
  readonly candidates: readonly Candidate[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** Returns the certificates of one file: first the scanned ones, then the listed ones. */
function candidatesIn(
  section: IncludedSection,
  paths: Paths,
  lookup: FileLookup,
  findings: Findings,
): FileCandidates {
  const scans = (section.scan_keys?.value ?? []).map((scan) =>
    discover(scan, paths, lookup, findings.defects),
  );
  const listed = listedCandidates(section.domains?.value ?? [], paths);
  return {
    candidates: [...scans.flatMap(({ candidates }) => candidates), ...listed],
    warnings: scans.flatMap(({ warnings }) => warnings),
    notes: scans.flatMap(({ notes }) => notes),
  };
}
