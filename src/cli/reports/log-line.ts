import type { logLineToJson } from '../log-line.js';
import { code, type FieldsOf, integer, optional, text, texts, time, word } from './fields.js';
import { SCHEMA_FIELD } from './schema-field.js';

/** A line of `--log-format json`. */
export const LOG_LINE: FieldsOf<ReturnType<typeof logLineToJson>> = {
  schema: SCHEMA_FIELD,
  time: time('The time of the message.'),
  severity: word('The severity.', {
    info: 'all is well',
    warning: 'something failed, and nobody is needed',
    error: 'something needs attention, or ended the run',
  }),
  event: word('The subject of the message.', {
    certificate: 'the outcome of certificates',
    reload: 'the reload of a service',
    end: 'the end of the run, with its summary',
    message: 'anything else',
  }),
  message: text('The message as people get it, with its hint.'),
  certificates: optional(texts('The names of the certificates with this outcome.')),
  service: optional(text('The name of the service.')),
  outcome: optional(code('The outcome of the certificates or of the reload, as in the report of the run.')),
  reason: optional(code('The reason of the outcome, as in the report of the run.')),
  status: optional(integer('The exit status of the run.')),
};
