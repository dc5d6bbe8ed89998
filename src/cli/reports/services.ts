import type { owedToJson, readingToJson } from '../commands/services.js';
import { type FieldsOf, integer, type Item, list, text, texts, truth, word } from './fields.js';
import { SCHEMA_FIELD } from './schema-field.js';

type Report = ReturnType<typeof readingToJson>;

const REASON: FieldsOf<Item<Report['reasons']>> = {
  code: word('The kind of the reason.', {
    reload: 'services have to be reloaded',
    'reload-unnamed': 'the servers of certificates without a service have to be reloaded',
    attention: 'something needs attention (32)',
    usage: 'the command line was wrong (64)',
    internal: 'a fault in ocspbot (70)',
    'cannot-write': 'the state folder could not be written to (73)',
    locked: 'another run was at work (75)',
    configuration: 'the configuration was wrong (78)',
    'did-not-run': 'ocspbot did not run',
    'not-of-a-run': 'no run ends with this status',
  }),
  message: text('The same in words.'),
};

/** The report of `services`: the meaning of an exit status. */
export const SERVICES: FieldsOf<Report> = {
  schema: SCHEMA_FIELD,
  status: integer('The exit status that was asked about.'),
  reload: texts('The services of the configuration that it asks to reload.'),
  needs_person: truth('Something needs attention.'),
  reasons: list('The meanings of the status.', REASON),
};

export const OWE: FieldsOf<ReturnType<typeof owedToJson>> = {
  schema: SCHEMA_FIELD,
  status: integer('The exit status: 0.'),
  owed: texts(
    'The services that the next run asks to reload again. "-" stands for the certificates without a service.',
  ),
};
