import type { Candidate } from '../candidates.js';
import type { Defects } from '../defects.js';
import type { IncludedSection, TopSection } from '../keys.js';
import type { Service } from '../model.js';
import type { Paths, Settings } from '../settings.js';
import type { FileLookup } from '../file-lookup.js';
import type { Problems } from '../problems.js';
import type { FileUse } from '../shared-files.js';
import type { Files } from '../../system/system.js';

/** A configuration whose structure was checked, before the rules are applied. */
export interface Draft {
  readonly top: TopSection;
  /** Sections of the main file and the included files. */
  readonly sections: readonly IncludedSection[];
  readonly candidates: readonly Candidate[];
  readonly fileUse: FileUse;
  /** undefined if `services` could not be read: then the names are unknown. */
  readonly services: readonly Service[] | undefined;
  readonly settings: Settings;
  readonly paths: Paths;
  readonly lookup: FileLookup;
  readonly read: Files['read'];
  /** Absolute paths of the main file and the included files. */
  readonly files: readonly string[];
}

/** The faults that the rules have found. */
export interface Findings {
  /** Problems in the text of the configuration. They prevent a run. */
  readonly problems: Problems;
  /** Defects of the disk. They stop only the entries that they concern. */
  readonly defects: Defects;
}

/** A rule adds each violation to the findings. */
export type Rule = (draft: Draft, findings: Findings) => void;
