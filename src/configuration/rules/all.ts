import { backupsAreTold } from './backups.js';
import { outputFoldersExist, stateFolderIsNoFile } from './folders.js';
import { caFileExists, certificateFilesExist, trustedRespondersExist } from './inputs.js';
import { issuersAreCas } from './issuer-rules.js';
import { listedCertificatesHaveIssuers } from './issuers.js';
import { namesAreUnique } from './names.js';
import type { Rule } from './rule.js';
import { servicesAreDefined, testsPrecedeReloads } from './services.js';
import { targetFoldersExist, targetsAreFiles, targetsAreNoInputs, targetsAreUnique } from './targets.js';

/** What a configuration must obey besides its shape. */
export const RULES: readonly Rule[] = [
  namesAreUnique,
  servicesAreDefined,
  testsPrecedeReloads,
  certificateFilesExist,
  listedCertificatesHaveIssuers,
  trustedRespondersExist,
  caFileExists,
  issuersAreCas,
  targetFoldersExist,
  targetsAreFiles,
  targetsAreUnique,
  targetsAreNoInputs,
  outputFoldersExist,
  backupsAreTold,
  stateFolderIsNoFile,
];
