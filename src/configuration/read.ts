import { resolve } from 'node:path';
import { OcspbotError } from '../util/errors.js';
import { DEFAULTS, LIMITS } from '../util/limits.js';
import { readFailure } from '../util/read-failure.js';
import { findOwnState } from '../state/own-state.js';
import { quote } from '../util/text.js';
import { formatDuration } from '../util/time.js';
import { type Candidate, listedCandidates } from './candidates.js';
import { Defects } from './defects.js';
import { errnoOf, FileLookup, type ReadingSystem } from './file-lookup.js';
import { readIncludes } from './includes.js';
import { type IncludedSection, MAIN_FILE, type TopSection } from './keys.js';
import { type Configuration, UNASSIGNED, UNASSIGNED_BIT } from './model.js';
import { parse, type Parsed } from './parse.js';
import { ConfigurationError } from './problem.js';
import { pythonKeysOf } from './python.js';
import { inOrder, Problems } from './problems.js';
import type { Draft, Findings } from './rules/rule.js';
import { RULES } from './rules/rules.js';
import { discover } from './scan.js';
import { fileUseOf, markShared } from './shared-files.js';
import { isRefused } from './schema/value.js';
import { type Paths, pathsOf, readServices, type Settings, settingsOf } from './settings.js';

/**
 * Reads a configuration and its included files, and finds the certificates that it names. Writes nothing.
 *
 * Throws a ConfigurationError (`configuration-invalid`) with all problems in the text, or an OcspbotError
 * `configuration-unreadable`. Defects of the disk are in the result: they stop only the certificates that they concern.
 */
export function readConfiguration(file: string, system: ReadingSystem): Configuration {
  const [problems, defects] = [new Problems(), new Defects()];
  const main = readMainFile(file, system, problems);
  // The tree of a long list takes more memory than the rest of a run.
  system.relieveMemory();
  if (main.kind === 'empty')
    problems.add(main.range, 'no certificates are configured: the file is empty', EMPTY_HINT);
  // The other rules would report every path as missing, because nobody knows which folder it is relative to.
  if (main.kind !== 'section' || isRefused(main.section, 'relative_to', 'ocsp_folder')) {
    throw new ConfigurationError(file, problems.sorted());
  }
  const { draft, warnings, notes } = makeDraft(file, main.section, system, { problems, defects });
  // The scan of great folders leaves much garbage, too.
  system.relieveMemory();
  for (const rule of RULES) rule(draft, { problems, defects });
  if (problems.count > 0)
    throw new ConfigurationError(file, inOrder([...problems.found(), ...defects.found()]));
  const path = resolve(system.workingFolder, file);
  const shared = markShared(draft.fileUse);
  return {
    file,
    path,
    entries: draft.candidates.map(({ entry }) => {
      const sharing = shared.get(entry);
      return sharing === undefined ? defects.mark(entry) : { ...defects.mark(entry), ...sharing };
    }),
    services: draft.services ?? [],
    ...draft.settings,
    defects: inOrder(defects.found()),
    ownState: findOwnState(path, draft.settings.stateFolder, system.files),
    warnings: [...warnings, ...warningsOf(draft, file, notes)],
    notes: [...notes, ...notesOf(draft)],
    pythonKeys: pythonKeysOf(draft.top, draft.sections),
  };
}

/** Returns the settings of a command without a configuration. */
export function defaultSettings({
  workingFolder,
  environment,
}: Pick<ReadingSystem, 'workingFolder' | 'environment'>): Settings {
  return settingsOf({}, pathsOf('', {}, workingFolder), environment);
}

const EMPTY_HINT = 'list certificates under "domains", or name folders with them under "scan_keys"';

function readMainFile(file: string, system: ReadingSystem, problems: Problems): Parsed<TopSection> {
  const path = resolve(system.workingFolder, file);
  try {
    return parse(
      { file, bytes: system.files.read(path, LIMITS.configurationFile), order: 0 },
      MAIN_FILE,
      problems,
    );
  } catch (error) {
    throw unreadable(path, error);
  }
}

const [NEAR, COMMON] = DEFAULTS.configurationFiles;

function unreadable(path: string, error: unknown): OcspbotError {
  const code = errnoOf(error);
  const name = quote(path);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return refusal(
        `there is no configuration ${name}`,
        `name one on the command line: ocspbot FILE; without FILE it is ${NEAR} in the working directory, or else ${COMMON}`,
        error,
      );
    case 'EISDIR':
      return refusal(`${name} is a folder, not a configuration`, 'name the file in it', error);
    case 'EACCES':
    case 'EPERM':
      return refusal(
        `the configuration ${name} cannot be read: permission denied`,
        'let the user that runs ocspbot read it, or name another one: ocspbot FILE',
        error,
      );
    case 'EFBIG':
      return refusal(
        `${name} is too large for a configuration`,
        'name the configuration: a text file in YAML',
        error,
      );
    default: {
      const { problem, hint } = readFailure(error);
      return refusal(`the configuration ${name} ${problem}`, hint, error);
    }
  }
}

function refusal(message: string, hint: string, cause: unknown): OcspbotError {
  return new OcspbotError('configuration-unreadable', message, { hint, cause });
}

export interface DraftResult {
  readonly draft: Draft;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** Combines the main file, the included files and the scanned folders. */
function makeDraft(file: string, top: TopSection, system: ReadingSystem, findings: Findings): DraftResult {
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

/** Returns warnings that every run shows, but that stop nothing. `passedOver` has the notes of the scans. */
function warningsOf({ candidates, settings }: Draft, file: string, passedOver: readonly string[]): string[] {
  const warnings: string[] = [];
  if (candidates.length === 0 && settings.kubernetes === undefined)
    warnings.push(`the configuration ${quote(file)} names no certificates${reasonIn(passedOver)}`);
  const { minimumValidity, minimumShare, criticalValidity } = settings.thresholds;
  if (minimumShare !== undefined && minimumShare > 0 && minimumShare < 0.01)
    warnings.push('minimum_validity_percentage is less than 1 %: write 50 for half of the lifetime');
  const isOnlyThreshold = minimumValidity !== undefined && minimumShare === undefined;
  if (isOnlyThreshold && criticalValidity !== undefined && criticalValidity > minimumValidity) {
    const lengths = `${formatDuration(criticalValidity)} are more than ${formatDuration(minimumValidity)}`;
    warnings.push(
      `responses become critical before they are due: critical_validity exceeds minimum_validity (${lengths})`,
    );
  }
  return warnings;
}

/** Returns the first reason why a scan has found nothing: the others are often the same. */
function reasonIn([first, ...others]: readonly string[]): string {
  if (first === undefined) return '';
  return `: ${first}${others.length > 0 ? `; and ${others.length} more, see ocspbot validate --verbose` : ''}`;
}

/** Returns remarks that are shown only on request. */
function notesOf({ top, candidates, services }: Draft): string[] {
  const notes: string[] = [];
  if (top.openssl_executable !== undefined)
    notes.push('"openssl_executable" is not needed: OpenSSL is not used');
  if (top.kubernetes !== undefined)
    notes.push('only "refresh" looks at the Secrets of "kubernetes": the other commands do not know them');
  const unassigned = candidates.filter(({ entry }) => entry.services.includes(UNASSIGNED)).length;
  if (unassigned > 0 && services !== undefined && services.length > 0) {
    const [who, them] =
      unassigned === 1 ? ['1 certificate names', 'it'] : [`${unassigned} certificates name`, 'them'];
    notes.push(`${who} no service: exit bit ${UNASSIGNED_BIT} stands for what uses ${them}`);
  }
  return notes;
}
