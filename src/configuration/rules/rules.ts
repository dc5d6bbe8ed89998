import { outputFoldersExist, stateFolderIsNoFile } from './folders.js';
import {
  caFileIsUsable,
  certificateFilesExist,
  namesAreUnique,
  trustedRespondersAreUsable,
} from './inputs.js';
import { issuersAreCas } from './issuers.js';
import {
  backupsAreTold,
  targetFoldersExist,
  targetsAreFiles,
  targetsAreNoInputs,
  targetsAreUnique,
} from './outputs.js';
import type { Rule } from './rule.js';
import { servicesAreDefined, testsPrecedeReloads } from './services.js';

/** What a configuration must obey besides its shape, and what the disk must have for it. */
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
  backupsAreTold,
  stateFolderIsNoFile,
];
