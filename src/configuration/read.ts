import { resolve } from 'node:path';
import { OcspbotError } from '../errors.js';
import { LIMITS } from '../defaults.js';
import { Defects } from './defects.js';
import { makeDraft } from './draft.js';
import { MAIN_FILE } from './keys.js';
import type { TopSection } from './keys.js';
import { isRefused } from './kinds/refused.js';
import type { Configuration } from './model.js';
import { parse } from './parse.js';
import type { Parsed } from './parse.js';
import { errnoOf } from './places.js';
import { ConfigurationError } from './problem.js';
import { inOrder, Problems } from './problems.js';
import { notesOf, warningsOf } from './remarks.js';
import { findOwnState } from '../state/own-folder.js';
import { RULES } from './rules/all.js';
import type { Surroundings } from './surroundings.js';
import { quote } from '../text/visible.js';

/**
 * Reads a configuration with all that it includes, and finds the certificates that it names. Nothing is written.
 *
 * Throws a ConfigurationError (`configuration-invalid`) with all problems in the text, or an OcspbotError
 * `configuration-unreadable`. What is wrong on the disk beyond the text is in the result: it stops nobody else.
 */
export function readConfiguration(file: string, system: Surroundings): Configuration {
  const [problems, defects] = [new Problems(), new Defects()];
  const main = readMainFile(file, system, problems);
  if (main.kind === 'empty')
    problems.add(main.spot, 'no certificates are configured: the file is empty', EMPTY_HINT);
  // Without knowing where paths begin, each of them would look wrong.
  if (main.kind !== 'section' || isRefused(main.section, 'relative_to', 'ocsp_folder')) {
    throw new ConfigurationError(file, problems.sorted());
  }
  const { draft, warnings, notes } = makeDraft(file, main.section, system, { problems, defects });
  for (const rule of RULES) rule(draft, { problems, defects });
  if (problems.count > 0)
    throw new ConfigurationError(file, inOrder([...problems.found(), ...defects.found()]));
  return {
    file,
    entries: draft.candidates.map(({ entry }) => defects.mark(entry)),
    services: draft.services ?? [],
    ...draft.settings,
    defects: inOrder(defects.found()),
    ownState: findOwnState(resolve(system.workingFolder, file), draft.settings.stateFolder, system.files),
    warnings: [...warnings, ...warningsOf(draft, file)],
    notes: [...notes, ...notesOf(draft)],
  };
}

const EMPTY_HINT = 'list certificates under "domains", or name folders with them under "scan_keys"';

function readMainFile(file: string, system: Surroundings, problems: Problems): Parsed<TopSection> {
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

function unreadable(path: string, error: unknown): OcspbotError {
  const code = errnoOf(error);
  const name = quote(path);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return refusal(
        `there is no configuration ${name}`,
        'name one on the command line: ocspbot FILE',
        error,
      );
    case 'EISDIR':
      return refusal(`${name} is a folder, not a configuration`, 'name the file in it', error);
    case 'EACCES':
    case 'EPERM':
      return refusal(
        `the configuration ${name} may not be read`,
        'run as a user who may, or change its mode',
        error,
      );
    case 'EFBIG':
      return refusal(
        `${name} is too large for a configuration`,
        'name the configuration: a text file in YAML',
        error,
      );
    default:
      return refusal(
        `the configuration ${name} cannot be read (${code})`,
        'name another on the command line',
        error,
      );
  }
}

function refusal(message: string, hint: string, cause: unknown): OcspbotError {
  return new OcspbotError('configuration-unreadable', message, { hint, cause });
}
