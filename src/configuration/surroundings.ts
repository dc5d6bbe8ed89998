import type { Files } from '../system/interfaces/files.js';
import type { System } from '../system/system.js';

/** The parts of a System that a configuration is read with. */
export interface Surroundings {
  readonly files: Pick<Files, 'read' | 'facts' | 'resolve' | 'entries'>;
  readonly environment: System['environment'];
  readonly workingFolder: string;
}
