import type { comparisonToJson } from '../commands/discover-check.js';
import type { discoveryToJson } from '../commands/discovery-report.js';
import {
  type FieldsOf,
  integer,
  type Item,
  list,
  optional,
  text,
  texts,
  time,
  truth,
  word,
} from './fields.js';
import { MESSAGE, SCHEMA_FIELD, HINT } from './schema-field.js';

type Report = ReturnType<typeof discoveryToJson>;
type Certificate = Item<Report['certificates']>;
type Comparison = ReturnType<typeof comparisonToJson>;

const SERVER = word('The server.', {
  nginx: 'nginx',
  haproxy: 'HAProxy',
  lighttpd: 'lighttpd',
  exim: 'Exim',
  hitch: 'hitch',
  apache: 'Apache httpd, which cannot staple a file',
  dovecot: 'Dovecot, which cannot staple a file',
});

const PLACE = text('FILE:LINE of the configuration of the server, or only FILE.');
const CERT = text('The file of the certificate, as the server has it.');

const REMARK: FieldsOf<Item<Report['remarks']>> = {
  message: text('The remark in words.'),
  hint: HINT,
  attention: truth('It needs attention: the status has 32.'),
};

const SERVER_FIELDS: FieldsOf<Item<Report['servers']>> = {
  server: SERVER,
  service: text('The name of its service in the configuration: that of its unit.'),
  file: text('The main file of its configuration.'),
  certificates: integer('The number of places in which it uses a certificate.'),
};

const USE: FieldsOf<Item<Certificate['uses']>> = {
  server: SERVER,
  place: PLACE,
  cert: CERT,
  staple: optional(text('The file that the server staples. Left out if it may be any.')),
  stapling: truth('The server is told to staple that file.'),
  obstacle: optional(
    word('Why the server cannot staple a file for this certificate.', {
      server: 'it has no option for a file',
      section: 'it has the option, but not in this part of its configuration',
      'several-certificates': 'the option has one value for several certificates',
      'fetches-itself': 'the server fetches responses itself',
    }),
  ),
};

const CERTIFICATE: FieldsOf<Certificate> = {
  file: text('The file of the certificate.'),
  names: texts('Its names, those of the servers first.'),
  not_after: time('The end of its validity.'),
  state: word('Whether ocspbot can look after it.', {
    ready: 'yes',
    'not-applicable': 'there is nothing to staple, and nothing is wrong',
    attention: 'not before something is corrected',
  }),
  reason: optional(
    word('Why ocspbot cannot, or need not.', {
      'no-responder': 'it names no OCSP responder',
      'no-rev-avail': 'it says that there is no revocation for it (noRevAvail)',
      'short-lived': 'it is short-lived and names no OCSP responder',
      'self-signed': 'it is self-signed',
      'must-staple-without-responder': 'it is must-staple, but names no OCSP responder',
      'url-unsupported': 'it names no responder that can be asked',
      'issuer-missing': 'the certificate of its issuer was not found',
      'certificate-expired': 'it has expired',
      'certificate-not-yet-valid': 'it is not valid yet',
      'certificate-unusable': 'it cannot be used',
    }),
  ),
  message: optional(text('The same in words.')),
  hint: HINT,
  entries: texts('The names of its entries in the configuration that was made.'),
  uses: list('The places in which servers use it.', USE),
};

const ENTRY: FieldsOf<Item<Report['entries']>> = {
  name: text('The name of the entry.'),
  cert: text('The file of the certificate.'),
  chain: optional(text('The file of its issuer. Left out if the file of the certificate has it.')),
  ocsp: text('The file that is to be stapled.'),
  services: texts('The services that use it.'),
};

export const DISCOVER: FieldsOf<Report> = {
  schema: SCHEMA_FIELD,
  status: integer('The exit status: 0, or 32 if something needs attention.'),
  servers: list('The configurations of servers that were read.', SERVER_FIELDS),
  certificates: list('The certificates that were found.', CERTIFICATE),
  entries: list('The entries of the configuration that was made.', ENTRY),
  remarks: list('Further remarks, like places that could not be read.', REMARK),
  configuration: text(
    'The configuration that was made, in YAML. Empty if there is no certificate to look after.',
  ),
  wrote: optional(text('The file that it was written to. Left out if nothing was written.')),
};

const FINDING: FieldsOf<Item<Comparison['findings']>> = {
  code: word('The kind of the disagreement.', {
    'not-looked-after': 'the server uses a certificate that is not in the configuration',
    'not-stapled': 'the server is not told to staple the response',
    'other-file': 'the server staples another file than the one that is kept',
    'other-format': 'the server reads the file as PEM, and it is written in DER, or the reverse',
    'file-missing': 'the file that the server staples does not exist',
    'one-file-for-two': 'the server staples one file for two certificates',
    'must-staple-without-staple': 'the certificate is must-staple, and nothing is stapled',
    'staple-without-responder': 'the server staples a file for a certificate without a responder',
  }),
  message: MESSAGE,
  hint: text('The remedy, in words.'),
  server: SERVER,
  place: PLACE,
  cert: CERT,
  staple: optional(text('The file that the server staples. Left out if there is none.')),
  further_places: integer('The number of further places of the same server with the same fault.'),
};

/** The report of `discover --check`. */
export const COMPARISON: FieldsOf<Comparison> = {
  schema: SCHEMA_FIELD,
  status: integer('The exit status: 0, or 32 if something needs attention.'),
  findings: list('The disagreements of configuration and servers.', FINDING),
  remarks: list('Further remarks, like places that could not be read.', REMARK),
};
