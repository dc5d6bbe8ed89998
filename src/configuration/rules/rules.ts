import { outputFoldersExist, stateFolderIsFolder } from './folders.js';
import {
  caFileIsUsable,
  certificateFilesExist,
  namesAreUnique,
  trustedRespondersAreUsable,
} from './inputs.js';
import { issuersAreCas } from './issuers.js';
import { backupNamesAreUnique, targetsAreFiles, targetsAreNoInputs, targetsAreUnique } from './outputs.js';
import { publishedFilesArePossible, publishedFilesAreTheirOwn } from './published-files.js';
import { targetFoldersExist } from './output-folders.js';
import type { Rule } from './rule.js';
import { servicesAreDefined, testsPrecedeReloads } from './services.js';

/** The rules that a configuration and the files that it names must follow, besides the structure of the text. */
export const RULES: readonly Rule[] = [
  namesAreUnique,
  servicesAreDefined,
  testsPrecedeReloads,
  certificateFilesExist,
  trustedRespondersAreUsable,
  caFileIsUsable,
  issuersAreCas,
  targetFoldersExist,
  targetsAreFiles,
  targetsAreUnique,
  targetsAreNoInputs,
  outputFoldersExist,
  publishedFilesArePossible,
  publishedFilesAreTheirOwn,
  backupNamesAreUnique,
  stateFolderIsFolder,
];
