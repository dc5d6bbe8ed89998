import type { CommandName } from '../options.js';
import { BACKUPS } from './backups.js';
import { CHECK } from './check.js';
import { COMPARISON, DISCOVER } from './discover.js';
import { EXPLAIN } from './explain.js';
import type { Fields } from './fields.js';
import { LIVE } from './live.js';
import { RUN } from './run.js';
import { OWE, SERVICES } from './services.js';
import { STATUS } from './status.js';
import { VALIDATE } from './validate.js';
import { VERIFY } from './verify.js';

/** The reports: each command has one, and some options make another one of it. */
export type ReportName = CommandName | 'rollback-list' | 'discover-check';

/** The fields of each report of `--json`; undefined for a command that prints JSON only when an error ends it. */
export const REPORTS: Readonly<Record<ReportName, Fields | undefined>> = {
  refresh: RUN,
  install: RUN,
  rollback: RUN,
  'rollback-list': BACKUPS,
  validate: VALIDATE,
  services: SERVICES,
  owe: OWE,
  status: STATUS,
  check: CHECK,
  explain: EXPLAIN,
  live: LIVE,
  verify: VERIFY,
  discover: DISCOVER,
  'discover-check': COMPARISON,
  // Its answer is the response.
  fetch: undefined,
};
