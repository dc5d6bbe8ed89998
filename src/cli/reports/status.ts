import type { snapshotToJson } from '../../snapshot/json.js';
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
  time,
  truth,
  word,
} from './fields.js';
import { HINT, SCHEMA_FIELD } from './schema-field.js';

type Report = ReturnType<typeof snapshotToJson>;
type Certificate = Item<Report['certificates']>;

const RUN: FieldsOf<NonNullable<Report['last_run']>> = {
  started: time('The time of its beginning.'),
  ended: time('The time of its end.'),
  status: integer('Its exit status.'),
  good: truth('It needed no attention.'),
};

const SERVICE: FieldsOf<Item<Report['services']>> = {
  name: optional(text('The name of the service. Left out for the certificates without a service.')),
  exit_bit: integer('Its bit in the exit status of a run.'),
  reload_pending: truth('It still has to be reloaded: the next run asks for it.'),
  certificates: integer('The number of selected certificates that it uses.'),
};

const STAPLE: FieldsOf<NonNullable<Certificate['staple']>> = {
  this_update: time('thisUpdate of the response.'),
  next_update: time('nextUpdate of the response, or the end of assumed_validity where it has none.'),
  useful_until: time('The time from which it is unusable.'),
  refresh_at: time('From then on a run fetches a new response.'),
  critical_at: time('From then on it needs attention if that did not succeed.'),
  put_back: truth('A rollback has restored it.'),
};

const ATTEMPT: FieldsOf<NonNullable<Certificate['last_attempt']>> = {
  at: time('The time of the attempt.'),
  outcome: code('The outcome that the run reported.'),
  reason: code('The reason that the run reported.'),
  failed: truth('It failed: it brought no new response, and no answer that there is none yet.'),
};

const CERTIFICATE: FieldsOf<Certificate> = {
  name: text('The name of the certificate in the configuration.'),
  state: word('The state, in the order of urgency.', {
    revoked:
      'the response in place, or the last answer of a responder, says that the certificate or an issuer is revoked',
    expired: 'the certificate itself has expired',
    broken: 'the files of the certificate cannot be read',
    missing: 'there is no usable response',
    critical: 'the response is usable, but ends soon (critical_validity)',
    blocked: 'the response is usable, but a run could not replace it',
    waiting: 'the refresh is due, but a run does not ask yet because of an earlier answer',
    due: 'a run would fetch a new response',
    fresh: 'a run would keep the response',
    'not-applicable': 'the certificate needs no response',
  }),
  urgency: word('Whether something has to be done.', {
    none: 'nothing',
    warning: 'not yet: a later run may solve it',
    person: 'it needs attention',
  }),
  action: word('The action of a run at this time.', {
    keep: 'keep the response',
    fetch: 'fetch a new one',
    rewrite: 'rewrite the file, because its server does not take it as it is',
    wait: 'not ask yet',
    fail: 'fail',
    nothing: 'nothing: the certificate needs no response',
  }),
  reason: code('Why: a word like "due", or an error code.'),
  next: optional(time('The time of the next request, if it is known.')),
  message: text('The same in words.'),
  hint: HINT,
  warnings: texts('Warnings about this certificate.'),
  file: text('The path of the file that the server staples.'),
  services: texts('The services of the configuration that use the file.'),
  serial: optional(
    text(
      'The serial number in hexadecimal. This field and the next five are left out if the files of the certificate cannot be read.',
    ),
  ),
  not_after: optional(time('The end of the validity of the certificate.')),
  issuer: optional(text('The common name of the issuer.')),
  responder: optional(text('The URL of the responder that is asked first. Left out if there is none.')),
  must_staple: optional(
    truth('The certificate is must-staple: clients that honour this refuse it without a response.'),
  ),
  key: optional(text('The kind and size of its key, like "RSA 2048".')),
  staple: optional(object('The usable response in place. Left out if there is none.', STAPLE)),
  last_attempt: optional(object('The last attempt to fetch a response for this certificate.', ATTEMPT)),
};

export const STATUS: FieldsOf<Report> = {
  schema: SCHEMA_FIELD,
  status: integer('The exit status: 0, or 32 if something that is shown needs attention.'),
  time: time('The time at which it was judged.'),
  configuration: text('The file of the configuration.'),
  needs_person: truth('Something that is shown needs attention.'),
  running: truth(
    'A run is at work now: it has the lock. A reload that is pending may be the one that it is about to ask for.',
  ),
  last_run: optional(object('The last run that looked at all certificates.', RUN)),
  last_good_run: optional(object('The last of these that needed no attention.', RUN)),
  services: list('The services of the configuration.', SERVICE),
  problems: texts(
    'Places that may hold more certificates but cannot be read, and damage of the state folder.',
  ),
  warnings: texts('The warnings about the configuration, which each run shows.'),
  certificates: list('The selected certificates, the most urgent first.', CERTIFICATE),
};
