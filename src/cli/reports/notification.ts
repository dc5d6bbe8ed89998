import type { documentContent } from '../../notification/document.js';
import { type FieldsOf, integer, type Item, list, text, time, word } from './fields.js';
import { HINT, SCHEMA_FIELD } from './schema-field.js';
import { OK, SEVERITIES, SUBJECT } from './severities.js';

type Content = ReturnType<typeof documentContent>;

const STATES = { ok: OK, ...SEVERITIES };

const CHANGE: FieldsOf<Item<Content['changes']>> = {
  ...SUBJECT,
  severity: word('The severity now.', STATES),
  before: word('The severity that was told last.', STATES),
  time: time('The time of the run that found it.'),
  message: text('The problem in words, or how it is well again.'),
  hint: HINT,
};

/** The document that commands and webhooks of `notify` get. */
export const NOTIFICATION: FieldsOf<Content> = {
  schema: SCHEMA_FIELD,
  id: text('The same for the same changes: a repetition has the ID of the document before.'),
  host: text('The name of the machine.'),
  configuration: text('The absolute path of the configuration.'),
  time: time('The time of the run.'),
  text: text('A few lines for people, as chat services show them.'),
  changes: list('The changes, the earliest first.', CHANGE),
  omitted: integer('The number of changes that are left out, because there are too many.'),
};
