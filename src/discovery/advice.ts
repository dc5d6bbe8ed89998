import { type PlannedEntry } from './plan.js';
import { type ServerKind, shownPlace, TITLES, type Use } from './model.js';

/** Returns the file of the response for a certificate that a server names; undefined if none is looked after. */
export type StapleLookup = (cert: string, server: ServerKind) => string | undefined;

/** Says how a server comes to staple the file of an entry: where, and the lines to add to its configuration. */
export function adviceFor({ ocsp }: Pick<PlannedEntry, 'ocsp'>, use: Use, stapleFor: StapleLookup): string[] {
  const where = `${TITLES[use.server]}, ${shownPlace(use.place)}`;
  if (use.obstacle === 'several-certificates')
    return [
      `${where}: this server block has several certificates, and would staple one file for each of them.`,
      'If the responder answers about several certificates at once, give their entries here the same "ocsp", and add',
      '  ssl_stapling on;',
      '  ssl_stapling_file FILE;',
      'with that file. Otherwise leave ssl_stapling_file out, or write a server block for each certificate.',
    ];
  if (use.server === 'haproxy') return [`${where}: ${haproxyAdvice(ocsp, use)}`];
  if (use.isStapling && use.staple === ocsp) return [`${where}: staples this file already.`];
  const lines = linesFor(ocsp, use, stapleFor);
  return [`${where}: ${verb(use)}`, ...lines.map((line) => `  ${line}`)];
}

function haproxyAdvice(ocsp: string, { staple, isStapling }: Use): string {
  if (isStapling) return 'nothing to add, HAProxy reads this file when it is reloaded.';
  return staple === undefined
    ? `add to the options in this line, after the first run: ocsp "${ocsp}"`
    : 'add "ocsp" to ssl-load-extra-files in the section "global": without it HAProxy does not read this file.';
}

function verb({ server, staple }: Use): string {
  if (server === 'hitch') return 'write in place of this pem-file, after the first run:';
  return staple === undefined
    ? 'add to this block, after the first run:'
    : 'write in this block, after the first run:';
}

function linesFor(ocsp: string, { server, cert, key, listed = [] }: Use, stapleFor: StapleLookup): string[] {
  switch (server) {
    case 'nginx':
      return ['ssl_stapling on;', `ssl_stapling_file ${nginxWord(ocsp)};`];
    case 'lighttpd':
      return [`ssl.stapling-file = "${ocsp.replaceAll(/[\\"]/g, '\\$&')}"`];
    case 'exim':
      return [
        `tls_ocsp_file = ${eximList(listed.map((one) => (one === cert ? ocsp : stapleFor(one, server))))}`,
      ];
    case 'hitch':
      return [
        `pem-file = { cert = "${cert}"${key === undefined ? '' : ` private-key = "${key}"`} ocsp-resp-file = "${ocsp}" }`,
        'ocsp-dir = ""',
      ];
    case 'haproxy':
    case 'apache':
    case 'dovecot':
      return [];
  }
}

/** Writes a list of Exim. The separator is a colon, unless a file has one in its name. */
function eximList(files: readonly (string | undefined)[]): string {
  const items = files.map((file) => file ?? '…');
  return items.some((item) => item.includes(':')) ? `<; ${items.join(' ; ')}` : items.join(' : ');
}

function nginxWord(path: string): string {
  return /^[\w@%+=:,./*-]+$/.test(path) ? path : `"${path.replaceAll(/[\\"]/g, '\\$&')}"`;
}

/** The traps of each server. docs/servers.md has all of them, and what each does with a bad file. */
export const TRAPS: Readonly<Record<ServerKind, readonly string[]>> = {
  nginx: [
    'ssl_stapling_file does nothing without "ssl_stapling on".',
    '"nginx -t" fails while the file is missing: run ocspbot before you add the lines.',
    'nginx staples one file for all certificates of a server block.',
    'nginx does not check the file: it goes on with an expired response if nobody reloads it.',
  ],
  haproxy: [
    'HAProxy reads CERTIFICATE.ocsp beside each certificate, unless a crt-store or a crt-list names the file.',
    'A folder that "crt" names is read as a whole: keep state and backups out of it.',
    'If systemd calls ocspbot, its unit needs the drop-in examples/systemd/haproxy.conf to write beside certificates.',
  ],
  lighttpd: [
    'The user www-data must be able to read the file.',
    'A reload reads the private key as www-data, and ends lighttpd if it cannot: chgrp www-data KEY; chmod 640 KEY.',
  ],
  exim: [
    'The user Debian-exim must be able to read the file.',
    'Exim has no TLS at all while the file is missing or bad: run ocspbot before you add the line.',
    'Two certificates in tls_certificate need two files in tls_ocsp_file, in the same order.',
  ],
  hitch: [
    'hitch does not start while the file is missing: run ocspbot before you add the lines.',
    'ocsp-dir = "" keeps hitch from asking responders itself.',
  ],
  apache: ['Apache cannot staple a file: it asks the responder itself (SSLUseStapling on).'],
  dovecot: ['Dovecot cannot staple. For IMAP and POP3 put hitch or HAProxy before it.'],
};
