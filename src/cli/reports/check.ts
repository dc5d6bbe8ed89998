import type { verdictToJson } from '../commands/check.js';
import { type FieldsOf, integer, type Item, list, text, word } from './fields.js';
import { HINT, SCHEMA_FIELD } from './schema-field.js';

type Report = ReturnType<typeof verdictToJson>;

const LEVELS = {
  warning: 'to be looked at soon',
  critical: 'to be looked at now',
  unknown: 'it cannot be judged',
} as const;

const FINDING: FieldsOf<Item<Report['findings']>> = {
  level: word('The severity.', LEVELS),
  about: word('The kind of thing that it is about.', {
    certificate: 'a certificate and its response',
    service: 'a service and its reload',
    configuration: 'the configuration as a whole',
    run: 'the runs of the past',
  }),
  name: text('The name of the certificate or service; empty for the others.'),
  text: text('The problem in words.'),
  hint: HINT,
};

export const CHECK: FieldsOf<Report> = {
  schema: SCHEMA_FIELD,
  status: integer(
    'The exit status, which is that of monitoring plugins: 0 ok, 1 warning, 2 critical, 3 unknown.',
  ),
  level: word('The same as a word.', { ok: 'all is well', ...LEVELS }),
  summary: text('The verdict in one line.'),
  findings: list('Everything that is wrong, the worst first.', FINDING),
};
