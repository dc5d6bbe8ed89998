import type { failureToJson } from '../failure.js';
import { code, type FieldsOf, integer, list, object, optional, text } from './fields.js';
import { HINT, MESSAGE, SCHEMA_FIELD } from './schema-field.js';

type Report = ReturnType<typeof failureToJson>;

export const PROBLEM = {
  file: text('The file of the configuration.'),
  line: integer('The line, from 1.'),
  column: integer('The column, from 1.'),
  message: MESSAGE,
  hint: HINT,
};

const ERROR: FieldsOf<Report['error']> = {
  code: code('The error code, which docs/troubleshooting.md explains.'),
  message: MESSAGE,
  hint: HINT,
  problems: optional(list('Each problem of a wrong configuration, with its place.', PROBLEM)),
};

/** The report of any command that an error ended before it had one. */
export const FAILURE: FieldsOf<Report> = {
  schema: SCHEMA_FIELD,
  status: integer(
    'The exit status that belongs to the error: 64, 70, 73, 75 or 78. The plugin `check` itself ends with 3.',
  ),
  error: object('The error that ended the command.', ERROR),
};
