import type { verdictToJson } from '../commands/check.js';
import { type FieldsOf, integer, type Item, list, text, word } from './fields.js';
import { HINT, SCHEMA_FIELD } from './schema-field.js';
import { OK, SEVERITIES, SUBJECT } from './severities.js';

type Report = ReturnType<typeof verdictToJson>;

const FINDING: FieldsOf<Item<Report['findings']>> = {
  level: word('The severity.', SEVERITIES),
  ...SUBJECT,
  text: text('The problem in words.'),
  hint: HINT,
};

export const CHECK: FieldsOf<Report> = {
  schema: SCHEMA_FIELD,
  status: integer(
    'The exit status, which is that of monitoring plugins: 0 ok, 1 warning, 2 critical, 3 unknown.',
  ),
  level: word('The same as a word.', { ok: OK, ...SEVERITIES }),
  summary: text('The verdict in one line.'),
  findings: list('Everything that is wrong, the worst first.', FINDING),
};
