import { backupsAreTold } from './backups.js';
import { outputFoldersExist, stateFolderIsNoFile } from './folders.js';
import { caFileIsUsable, certificateFilesExist, trustedRespondersAreUsable } from './inputs.js';
import { issuersAreCas } from './issuer-rules.js';
import { namesAreUnique } from './names.js';
import type { Rule } from './rule.js';
import { servicesAreDefined, testsPrecedeReloads } from './services.js';
import { targetFoldersExist, targetsAreFiles, targetsAreNoInputs, targetsAreUnique } from './targets.js';

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
