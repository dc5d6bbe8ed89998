import type { backupsToJson } from '../commands/backup-list.js';
import { type FieldsOf, type Item, list, object, optional, text, time, truth, word } from './fields.js';
import { SCHEMA_FIELD } from './schema-field.js';

type Report = ReturnType<typeof backupsToJson>;
type Backup = Item<Report['backups']>;

/** The state of the file that a server staples. */
export const STAPLE_STATE = word('The state of the file.', {
  usable: 'it has a good response',
  absent: 'there is none',
  unreadable: 'it cannot be read',
  other: 'it is clearly no OCSP response, or this user may not read it: it is not replaced',
  foreign: 'it has a response for another certificate',
  ahead: 'it has a genuine response from the future: the clock may be wrong',
  unusable: 'it has a response that fails a check',
});

const TIMES = {
  this_update: optional(time('thisUpdate of the response, if it is good, or was so before it expired.')),
  next_update: optional(time('nextUpdate of that response.')),
  useful_until: optional(time('The time from which that response is unusable.')),
};

const STAPLE: FieldsOf<Report['staple']> = {
  state: STAPLE_STATE,
  problem: optional(text('Why it is unusable.')),
  put_back: truth('A rollback has restored it.'),
  ...TIMES,
};

const BACKUP: FieldsOf<Backup> = {
  name: text('The name of the backup, which --to accepts.'),
  made: time('The time at which it was replaced.'),
  verdict: word('Whether it can be restored.', {
    good: 'yes',
    past: 'only with --force: it has expired',
    refused: 'no',
  }),
  problem: optional(text('Why it cannot be restored.')),
  ...TIMES,
};

/** The report of `rollback --list`. */
export const BACKUPS: FieldsOf<Report> = {
  schema: SCHEMA_FIELD,
  name: text('The name of the certificate in the configuration.'),
  file: text('The path of the file that the server staples.'),
  staple: object('The response in place.', STAPLE),
  folder: text('The folder of the backups.'),
  backups: list('The backups, the newest first.', BACKUP),
  chosen: optional(text('The name of the backup that a rollback would restore. Left out if there is none.')),
};
