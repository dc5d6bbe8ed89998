import type { reportToJson } from '../../report/json.js';
import {
  code,
  type FieldsOf,
  integer,
  type Item,
  list,
  number,
  object,
  optional,
  text,
  texts,
  time,
  truth,
  word,
} from './fields.js';
import { LIVE_RESULT } from './live.js';
import { HINT, SCHEMA_FIELD } from './schema-field.js';

type Report = ReturnType<typeof reportToJson>;
type Certificate = Item<Report['certificates']>;
type Reload = Item<Report['reloads']>;

const STAPLE: FieldsOf<NonNullable<Certificate['staple']>> = {
  this_update: time('thisUpdate of the response: since when it is known to be correct.'),
  next_update: time('nextUpdate of the response, or the end of assumed_validity where it has none.'),
  useful_until: time(
    'The time from which it is unusable: the earliest of nextUpdate, thisUpdate plus max_age, and the ends of the certificate, of its issuer and of the certificate that signed the response.',
  ),
  refresh_at: time('From then on a run fetches a new response.'),
  signer: text('The signer of the response: its issuer, or the name of the delegated certificate.'),
  remarks: texts('The warnings of the checks that accepted the response.'),
};

const EXCHANGE: FieldsOf<Item<NonNullable<Certificate['exchanges']>>> = {
  method: word('The HTTP method.', { GET: 'the request is in the URL', POST: 'the request is in the body' }),
  url: text('The URL that was requested, without passwords.'),
  status: optional(integer('The HTTP status, if the header of an answer came.')),
  address: optional(text('The IP address that was connected to, if a connection was made.')),
  addresses: texts('The IP addresses that the name of the host resolved to.'),
  proxy: optional(text('The URL of the proxy, without passwords.')),
  dns_ms: optional(number('Milliseconds for the resolution of the name.')),
  connect_ms: optional(number('Milliseconds for the TCP connection.')),
  tls_ms: optional(number('Milliseconds for the TLS handshakes.')),
  first_byte_ms: optional(number('Milliseconds from the request to the first byte of the answer.')),
  total_ms: number('Milliseconds for the whole exchange.'),
  curl: text('A shell command that sends the same request.'),
};

const CERTIFICATE: FieldsOf<Certificate> = {
  name: text('The name of the certificate in the configuration.'),
  outcome: word('The outcome for this certificate.', {
    updated: 'a new response was installed',
    unchanged: 'the response in place stays',
    deferred: 'an attempt failed, and the response in place is still good: the next run tries again',
    failed: 'there is no good response in place, and none could be installed; or a rollback failed',
    revoked: 'the certificate is revoked',
    'not-applicable': 'the certificate needs no response',
  }),
  reason: code(
    'Why: of an updated or unchanged certificate a word like "due", "fresh" or "same-response"; else an error code, which docs/troubleshooting.md explains.',
  ),
  urgency: word('Whether something has to be done.', {
    none: 'nothing',
    warning: 'not yet: a later run may solve it',
    person: 'it needs attention: the status has 32',
  }),
  message: text('The outcome in words, with its cause.'),
  hint: HINT,
  file: text('The path of the file that the server staples.'),
  services: texts('The services of the configuration that use the file.'),
  responder: optional(text('The URL of the responder that was asked.')),
  given: optional(text('The file that the response was taken from, for install and rollback.')),
  attempts: texts('A line for each request: responder, method and result. Empty if none was sent.'),
  retry_at: optional(time('The time before which no run asks, because of an earlier answer or failure.')),
  staple: optional(object('The good response in place after the run; left out if there is none.', STAPLE)),
  warnings: texts('Warnings about this certificate.'),
  exchanges: optional(list('The HTTP exchanges, with their addresses and times.', EXCHANGE)),
};

const RELOAD: FieldsOf<Reload> = {
  service: text('The name of the service.'),
  outcome: word('The outcome for this service.', {
    reloaded: 'its reload commands succeeded',
    pushed: 'it was given its responses over its runtime socket, and needs no reload',
    failed: 'it does not have its new responses: it stays in "reload", and the next run tries again',
    left: 'it has to be reloaded by the caller',
  }),
  step: optional(
    word('The step that failed.', {
      test: 'the test before the reload: nothing was reloaded',
      reload: 'the reload command',
      push: 'the runtime socket',
      live: 'the check of the server after the reload: it does not staple the new response',
    }),
  ),
  reason: optional(code('The kind of the failure; the verdict of the server if the step is "live".')),
  command: optional(texts('The command that failed: the program and its arguments.')),
  message: optional(text('The failure in words.')),
  hint: HINT,
  output: optional(texts('The last lines that the command wrote.')),
  responses: optional(integer('The number of responses that were pushed.')),
  live: optional(list('The responses that the servers in "live" of the service staple now.', LIVE_RESULT)),
  warning: optional(text('A push that failed before the reload succeeded.')),
};

/** The report of a run: refresh, install, rollback. */
export const RUN: FieldsOf<Report> = {
  schema: SCHEMA_FIELD,
  status: integer(
    'The exit status: the sum of the bits of the services to reload, and 32 if something needs attention.',
  ),
  time: time('The time of the run, by which responses were judged.'),
  dry_run: truth('The run wrote nothing (--dry-run).'),
  needs_person: truth('Something needs attention: the status has 32, and "attention" says why.'),
  attention: texts('Why something needs attention, in a few words each. Empty if nothing does.'),
  reloads: list('The services that this run reloaded, or tried to.', RELOAD),
  reload: texts(
    'The services that the caller has to reload, including those of earlier runs and those whose reload failed. Certificates without a service are not in the list: they have only a bit in the status.',
  ),
  owed_before: texts('The services whose reload earlier runs left undone.'),
  certificates: list('The certificates that were looked at, in the order of the configuration.', CERTIFICATE),
  not_reached: texts('The names of the certificates that were not looked at, because the run ended early.'),
  stopped: optional(
    code(
      'Why the run ended early: "run-timeout" or "interrupted". Left out otherwise, also after stop_on_error.',
    ),
  ),
  warnings: texts('Warnings about the run as a whole.'),
};
