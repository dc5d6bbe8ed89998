import type { liveToJson } from '../commands/live.js';
import { code, type FieldsOf, integer, type Item, list, optional, text, time, word } from './fields.js';
import { SCHEMA_FIELD } from './schema-field.js';

type Report = ReturnType<typeof liveToJson>;

/** The response that a server staples. */
export const LIVE_RESULT: FieldsOf<Item<Report['servers']>> = {
  address: text('HOST:PORT of the server.'),
  servername: optional(text('The name that was asked for (SNI). Left out if none was.')),
  starttls: optional(word('The protocol before TLS.', { smtp: 'SMTP with STARTTLS' })),
  key: optional(
    text('The kind of the key of its certificate, like "RSA", if the server has several certificates.'),
  ),
  verdict: word('The verdict on what the server staples.', {
    same: 'the response in the file',
    newer: 'a good response that is newer than the file',
    good: 'a good response, and there is no file to compare with',
    older: 'a response that is older than the file: a reload is missing',
    absent: 'none',
    expired: 'one that has expired',
    foreign: 'one for another certificate',
    refused: 'one that fails another check',
    'other-certificate': 'the certificate of the server is not in the configuration',
    unreachable: 'there was no TLS connection, or no issuer to judge by',
    'not-applicable': 'none, and the certificate is one without OCSP',
  }),
  message: text('The same in words.'),
  hint: optional(text('The remedy, in words. Left out if nothing is wrong.')),
  code: optional(code('The error code of the check that the response fails.')),
  name: optional(text('The name of the certificate in the configuration.')),
  file: optional(text('The path of the file with its response.')),
  this_update: optional(time('thisUpdate of the response that is served, if it is good.')),
  useful_until: optional(
    time('The time from which the response that is served is unusable, if it is good now.'),
  ),
};

export const LIVE: FieldsOf<Report> = {
  schema: SCHEMA_FIELD,
  status: integer('The exit status: 0, or 32 if a server needs attention.'),
  servers: list(
    'The servers and what they staple, once for each key if it has several certificates.',
    LIVE_RESULT,
  ),
};
