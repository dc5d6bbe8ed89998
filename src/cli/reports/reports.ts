import type { CommandName } from '../options.js';
import { BACKUPS } from './backups.js';
import { CHECK } from './check.js';
import { COMPARISON, DISCOVER } from './discover.js';
import { EXPLAIN } from './explain.js';
import { FAILURE } from './failure.js';
import type { Fields } from './fields.js';
import { LIVE } from './live.js';
import { RUN } from './run.js';
import { OWE, SERVICES } from './services.js';
import { STATUS } from './status.js';
import { VALIDATE } from './validate.js';
import { VERIFY } from './verify.js';

/** Each command has a report, and some options make another one of it. The answer of `fetch` is a response, without --json. */
export type ReportName = Exclude<CommandName, 'fetch'> | 'rollback-list' | 'discover-check' | 'failure';

/** The fields of each report of `--json`. */
export const REPORTS: Readonly<Record<ReportName, Fields>> = {
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
  // Any command prints this if an error ends it before it has a report.
  failure: FAILURE,
};
