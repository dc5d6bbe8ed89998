import type { validationToJson } from '../commands/validation-json.js';
import { PROBLEM } from './failure.js';
import {
  code,
  type FieldsOf,
  integer,
  type Item,
  list,
  object,
  optional,
  text,
  texts,
  truth,
} from './fields.js';
import { HINT, MESSAGE, SCHEMA_FIELD } from './schema-field.js';

type Report = ReturnType<typeof validationToJson>;
type Certificate = Item<Report['certificates']>;

const ERROR: FieldsOf<Extract<Certificate, { error: unknown }>['error']> = {
  code: code('The error code, which docs/troubleshooting.md explains.'),
  message: MESSAGE,
  hint: HINT,
};

const CERTIFICATE: FieldsOf<Certificate> = {
  name: text('The name of the certificate in the configuration.'),
  cert: text('The file of the certificate.'),
  ocsp: text('The path of the file that the server staples.'),
  valid: truth('A run could look after it, as far as that is known without a responder.'),
  not_applicable: optional(text('Why the certificate needs no response. Left out if it needs one.')),
  error: optional(object('The failure that a run would report.', ERROR)),
};

const PLACED: FieldsOf<Item<Report['problems']>> = {
  ...PROBLEM,
  file: optional(PROBLEM.file),
  line: optional(PROBLEM.line),
  column: optional(PROBLEM.column),
};

const MIGRATION: FieldsOf<NonNullable<Report['migration']>> = {
  stays: texts('The keys and rules that mean the same.'),
  better: texts('The improvements.'),
  change: texts('The changes that the caller needs, because the exit status has other meanings.'),
};

export const VALIDATE: FieldsOf<Report> = {
  schema: SCHEMA_FIELD,
  status: integer('The exit status: 0, or 78 if something has to be corrected.'),
  certificates: list('The certificates of the configuration, in its order.', CERTIFICATE),
  problems: list(
    'The faults on the disk, with their places in the configuration, and those in the folders that a run writes to.',
    PLACED,
  ),
  warnings: texts('Warnings about what stops no run, but may not be meant.'),
  migration: optional(
    object(
      'The differences to the Python program of the same name, for a configuration that it could work with.',
      MIGRATION,
    ),
  ),
};
