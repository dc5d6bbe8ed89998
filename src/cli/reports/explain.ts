import type { explanationToJson } from '../commands/explanation.js';
import { STAPLE_STATE } from './backups.js';
import { code, type FieldsOf, list, object, optional, text, texts, time, truth, word } from './fields.js';
import { HINT, SCHEMA_FIELD } from './schema-field.js';
import { CHECK_FIELDS, VERDICT } from './verify.js';

type Report = ReturnType<typeof explanationToJson>;

const CERTIFICATE: FieldsOf<Report['certificate']> = {
  file: text('The file of the certificate.'),
  serial: text('Its serial number in hexadecimal.'),
  not_before: time('The beginning of its validity.'),
  not_after: time('The end of its validity.'),
  issuer_not_after: time('The end of the validity of its issuer.'),
};

const STAPLE: FieldsOf<Report['staple']> = {
  file: text('The path of the file that the server staples.'),
  state: STAPLE_STATE,
  verdict: optional(VERDICT),
  code: optional(code('The error code of the first check that it fails.')),
  put_back: truth('A rollback has restored it.'),
  objection: optional(
    text('The reason why the server takes nothing of the file, although the response is good.'),
  ),
};

const WAITING: FieldsOf<NonNullable<Report['waiting']>> = {
  since: time('The time of the earlier answer or failure.'),
  until: time('The time before which no run asks.'),
  why: text('The reason: an error code, or that the responder had no newer response.'),
};

const SCHEDULE: FieldsOf<NonNullable<Report['schedule']>> = {
  refresh_at: time('From then on a run fetches a new response.'),
  critical_at: time('From then on it needs attention if that did not succeed.'),
  end: time('From then on the response is unusable.'),
};

export const EXPLAIN: FieldsOf<Report> = {
  schema: SCHEMA_FIELD,
  name: text('The name of the certificate in the configuration.'),
  certificate: object('The certificate.', CERTIFICATE),
  responders: texts('The URLs of the responders, in the order in which they are asked.'),
  services: texts('The services of the configuration that use the file.'),
  staple: object('The response in place.', STAPLE),
  checks: list('Every check of the response in place. Empty if there is none to check.', CHECK_FIELDS),
  decision: word('The action of a run at this time.', {
    keep: 'keep the response',
    refresh: 'fetch a new one',
    skip: 'not ask for one',
  }),
  reason: optional(code('Why it would not keep the response.')),
  message: optional(text('Why a run would not fetch one, in words. Left out if it would ask a responder.')),
  hint: HINT,
  waiting: optional(object('The earlier answer because of which a run does not ask yet.', WAITING)),
  schedule: optional(object('The times of the response in place. Left out if it is unusable.', SCHEDULE)),
};
