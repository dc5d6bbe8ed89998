import type { Candidate } from '../candidates.js';
import type { Defects } from '../defects.js';
import type { IncludedSection, TopSection } from '../keys.js';
import type { Service } from '../model.js';
import type { Paths, Settings } from '../settings.js';
import type { FileLookup } from '../file-lookup.js';
import type { Problems } from '../problems.js';
import type { Files } from '../../system/system.js';

/** A configuration whose shape is right, before it is known whether it makes sense. */
export interface Draft {
  readonly top: TopSection;
  /** The main file and the included ones. */
  readonly sections: readonly IncludedSection[];
  readonly candidates: readonly Candidate[];
  /** undefined when they could not be read, so that nobody knows their names. */
  readonly services: readonly Service[] | undefined;
  readonly settings: Settings;
  readonly paths: Paths;
  readonly places: FileLookup;
  readonly read: Files['read'];
  /** Absolute paths of the main file and the included ones. */
  readonly files: readonly string[];
}

/** Where rules put what they find. */
export interface Findings {
  /** In the text of the configuration: no run begins. */
  readonly problems: Problems;
  /** On the disk: it is the fault of the entries that it concerns. */
  readonly defects: Defects;
}

/** Reports what offends it. */
export type Rule = (draft: Draft, findings: Findings) => void;
