import { resolve } from 'node:path';
import { LIMITS } from '../util/limits.js';
import { findOwnState } from '../state/own-state.js';
import { Defects } from './defects.js';
import type { ReadingSystem } from './file-lookup.js';
import { MAIN_FILE, type TopSection } from './keys.js';
import type { Configuration } from './model.js';
import { parse, type Parsed } from './parse.js';
import { ConfigurationError } from './problem.js';
import { pythonKeysOf } from './python.js';
import { inOrder, Problems } from './problems.js';
import { RULES } from './rules/rules.js';
import { markShared } from './shared-files.js';
import { isRefused } from './schema/value.js';
import { pathsOf, type Settings, settingsOf } from './settings.js';
import { unreadable } from './unreadable.js';
import { makeDraft } from './draft.js';
import { warningsOf, notesOf } from './remarks.js';

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
