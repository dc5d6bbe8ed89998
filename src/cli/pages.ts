import type { CommandName } from './options.js';

/** The page of a command: its help, and its section in the man page. */
export interface Page {
  /** Operands after the program's name. A word in capitals is a placeholder, which completions know. */
  readonly usage: string;
  /** A line for lists of commands. */
  readonly summary: string;
  /** Paragraphs before the options. Lines that begin with two blanks are shown as they are. */
  readonly about: string;
  /** Paragraphs after the options, in the same form. */
  readonly status: string | undefined;
  readonly examples: readonly string[];
}

/** The page of each command. Help, man pages and completions are made from this table and that of the options. */
export const PAGES: Readonly<Record<CommandName, Page>> = {
  refresh: {
    usage: '[refresh] [CONFIG] [options]',
    summary: 'look after the certificates of a configuration',
    about: `Looks at every certificate of the configuration. If its OCSP response is missing, unusable or due, it fetches,
verifies and installs a new one. The exit status names the services to reload: see ocspbot --help.`,
    status: undefined,
    examples: [],
  },
  validate: {
    usage: 'validate [CONFIG]',
    summary: 'check a configuration and its certificates',
    about: `Reports all problems of a configuration at once. An error in its text stops every run (78). A fault of a file or
folder stops only the certificates concerned (32). It also reports what a run would report, as far as that is known
without a responder, such as an expired certificate or a folder that this user cannot write. Nothing is fetched or
written.`,
    status: `Exit status: 0, or 78 when something has to be corrected.`,
    examples: [],
  },
  services: {
    usage: 'services STATUS [CONFIG]',
    summary: 'name the services that an exit status asks to reload',
    about: `Prints the names of the services that an exit status of a run asks to reload, one a line:

  ocspbot /etc/ocspbot.yaml; rc=$?
  names=$(ocspbot services $rc /etc/ocspbot.yaml) || exit
  for s in $names; do systemctl reload "$s" || ocspbot owe "$s" /etc/ocspbot.yaml; done

With --json it also prints whether something needs attention, and the reasons.`,
    status: `Exit status: 0; or 70 for a status with which no run of ocspbot ends: an odd one below 64 (Node.js could not start it),
126, 127, or 128 and the number of a signal.`,
    examples: [],
  },
  owe: {
    usage: 'owe SERVICE … [CONFIG]',
    summary: 'have the next run ask again for reloads that failed',
    about: `Hands back services whose reload a run asked for and the caller could not carry out: the next run asks for them again.
It works at any time, also while a run is at work.

CONFIG is the argument with a slash in it, or with .yaml or .yml at its end.`,
    status: `A service is one of the configuration, or - for certificates without a service. Exit status: 0; 64 for an unknown
service; 73 when the state folder cannot be written to.`,
    examples: ['systemctl reload nginx || ocspbot owe nginx /etc/ocspbot.yaml'],
  },
  status: {
    usage: 'status [CONFIG] [options]',
    summary: 'show all certificates and staples, the most urgent first',
    about: `Shows each certificate: its state, how long its staple is still good, and what a run would do now. The most urgent one
comes first. Wide terminals show more columns. Nothing is fetched or locked, and only the file of --html is written,
so it works while a run is at work. The states, the most urgent first:

  revoked         the staple in place, or the last answer of the responder, says revoked
  expired         the certificate itself has expired
  broken          the files of the certificate cannot be read
  missing         there is no usable staple
  critical        the staple is usable, but ends soon (critical_validity)
  blocked         the staple is usable, but a run could not replace it
  waiting         the refresh is due, but a run does not ask yet because of an earlier answer
  due             a run would fetch a new staple
  fresh           a run would keep the staple
  not-applicable  the certificate needs no staple

With --quiet only certificates that need attention. NO_COLOR is respected.`,
    status: `Exit status: 0, or 32 when a certificate that is shown needs attention.`,
    examples: [
      'ocspbot status /etc/ocspbot.yaml --state attention',
      "ocspbot status /etc/ocspbot.yaml --match '*.example.com' --json",
    ],
  },
  check: {
    usage: 'check [CONFIG] [options]',
    summary: 'check all staples as a plugin of Nagios, Icinga and their like',
    about: `Looks at all certificates as status does, and answers as a monitoring plugin: one line with performance data, then a
line for each problem, the worst first. Nothing is fetched, locked or written.

Without thresholds it is CRITICAL if a certificate needs attention (see status), and WARNING if the last good run is
older than three hours, a reload is pending, or a run could not replace a staple. It is never OK without a staple: if
no certificate is configured or selected, or none needs a staple, it is UNKNOWN.`,
    status: `Exit status:
  0  OK
  1  WARNING; also if Node.js cannot start the program, then without a line on standard output
  2  CRITICAL
  3  UNKNOWN: the configuration or the command line is wrong, a file or folder that may hold certificates cannot be
     read, or a fault in ocspbot`,
    examples: [
      'ocspbot check /etc/ocspbot.yaml -w 2d -c 12h',
      "ocspbot check /etc/ocspbot.yaml --match '*.example.com' --run-warning 2h --run-critical 1d",
    ],
  },
  explain: {
    usage: 'explain NAME [CONFIG]',
    summary: 'show all about one certificate and its staple',
    about: `Shows the staple of one certificate, the result of every check with its reason and its remedy, and what the next
run would do and when. Nothing is fetched or written. Exit status: 0 when the server can use the staple, 32 when not.`,
    status: undefined,
    examples: ['ocspbot explain example.com /etc/ocspbot.yaml'],
  },
  live: {
    usage: 'live [HOST:PORT] [CONFIG] [options]',
    summary: 'see what a server staples, and whether it needs a reload',
    about: `Connects to the server like a visitor, judges the response that it staples like a run, and compares it with the response
in the file of that certificate. The result is same, newer, or

  older               a reload is missing: the server still has the old one
  absent              no response is stapled
  expired, foreign    the response has expired; it is for another certificate
  refused             it fails another check
  other-certificate   the server's certificate is not in the configuration
  unreachable         there was no TLS connection, or no issuer to judge by
  not-applicable      there is no response, because the certificate names no responder

A server may have certificates for RSA, ECDSA and EdDSA: it is asked for each, and each is judged with its own staple.

Without HOST:PORT it checks all servers that "live" of the services names. Without a configuration there is no file to
compare with: a response that passes is good. Exit status: 0 for same, newer, good and not-applicable, else 32.`,
    status: undefined,
    examples: [
      'ocspbot live example.com:443 /etc/ocspbot.yaml',
      'ocspbot live 127.0.0.1:8443 --servername www.example.com',
      'ocspbot live mail.example.com:25 --starttls smtp',
    ],
  },
  install: {
    usage: 'install RESPONSE … [CONFIG] [options]',
    summary: 'verify and install responses that somebody else has fetched',
    about: `Verifies OCSP responses that somebody else has fetched, and installs them like a run, but without a network. RESPONSE
is a file (DER, or PEM of "format: pem-chain"), a folder (with all files below it, except names that begin with a
dot), or - for one response on standard input. A response is installed for each certificate of the configuration that
it is about. If there are several for one certificate, the newest genuine one is installed. Certificates without a
response are left alone. CONFIG is the argument that ends in .yaml or .yml.

A file that is for no certificate of the configuration, or a folder without any such file, needs attention (32).
Otherwise the exit status is that of a run: see ocspbot --help.`,
    status: undefined,
    examples: [
      'ocspbot install /srv/staples /etc/ocspbot.yaml',
      'ssh fetcher cat /var/lib/ocsp/example.com.ocsp-resp | ocspbot install - /etc/ocspbot.yaml',
    ],
  },
  rollback: {
    usage: 'rollback NAME [CONFIG] [options]',
    summary: 'restore the staple that was in place before',
    about: `Restores a backup of a staple. The backup is verified and installed like any response: the replaced staple is backed up,
and the exit status names the services to reload. It needs no network.

Without --to it restores the newest response that is good and older than the one in place: each rollback restores the
next older one. If the one in place is unusable, it restores the newest good one. The restored staple stays until it
is critical (critical_validity), or until a run with --force.`,
    status: `Exit status: that of a run, see ocspbot --help; 32 when nothing was restored, and 32 + the bits of the services when
the restored response has expired.`,
    examples: [
      'ocspbot rollback example.com /etc/ocspbot.yaml --list',
      'ocspbot rollback example.com /etc/ocspbot.yaml --reload',
    ],
  },
  verify: {
    usage: 'verify RESPONSE --issuer FILE (--cert FILE | --serial HEX) [options]',
    summary: 'judge a response as a run would',
    about: `Judges the OCSP response in a file (DER, or PEM of "format: pem-chain") like a run, and prints every check. Exit
status: 0 when it would be installed, 32 when not.`,
    status: undefined,
    examples: [
      'ocspbot verify example.com.ocsp-resp --issuer chain.pem --cert cert.pem',
      'ocspbot verify r.der --issuer ca.pem --serial 0A:1B:2C --now 2026-01-31T09:05:00Z --json',
    ],
  },
  fetch: {
    usage: 'fetch CERT [options]',
    summary: 'write a verified response to standard output, for nghttpx and h2o',
    about: `Asks the responder of a certificate, verifies the response as a run does, and writes it to standard output (DER).
Nothing is written there if there is no good response, and nothing is installed. Servers that run a program for their
staples call it: nghttpx with fetch-ocsp-response-file, h2o with ocsp-update-cmd. CERT is a full chain in PEM, as
servers have it.

A configuration is read only with --config.`,
    status: `Exit status:
  0   the response is on standard output
  32  there is none until somebody acts: the certificate is revoked or expired, or names no responder
  75  try again later: the responder gave no good response this time
  64  the command line is wrong, or standard output is a terminal
  73  the response could not be written: the disk is full, or the reader of standard output has gone
  78  a file of the certificate, or the configuration, cannot be used`,
    examples: [
      'ocspbot fetch /etc/ssl/example.com.pem > example.com.ocsp-resp',
      'ocspbot fetch cert.pem --issuer chain.pem --responder http://ocsp.example.com/ > r.der',
    ],
  },
  discover: {
    usage: 'discover [PLACE …] [options]',
    summary: 'find certificates and servers, and write a configuration for them',
    about: `Finds certificates and the servers that use them: nginx, HAProxy, lighttpd, Exim and hitch, and the folders of
certbot, dehydrated, acme.sh, lego and step. Prints a configuration for them, whose comments say which lines to add to
the configuration of each server. A PLACE is a folder of certificates, a certificate, or the configuration of a
server, such as the output of "nginx -T" in a file. With PLACE it looks only there, and runs no command.

Without --write and --fetch-issuers, nothing is written and nothing is fetched. Messages go to standard error.

With --check it compares a configuration with the servers, for monitoring. It reports certificates that a server uses
and that are not in the configuration, responses that no server is set to staple, missing files, one file for two
certificates, and must-staple certificates without a response. CONFIG is the argument that ends in .yaml or .yml.`,
    status: `Exit status: 0; 32 when something needs attention (see the messages) or no certificate was found; 73 when FILE or FOLDER
cannot be used, for example because FILE exists already.`,
    examples: [
      'ocspbot discover > /etc/ocspbot.yaml',
      'ocspbot discover --write /etc/ocspbot.yaml --fetch-issuers',
      'ocspbot discover /etc/letsencrypt/live',
      'ocspbot discover --check /etc/ocspbot.yaml',
    ],
  },
};

/** Statuses of a run, their meaning, and what holds besides. */
export const EXIT_STATUSES: readonly (readonly [status: string, meaning: string, besides?: string])[] = [
  ['0', 'all is well, nothing to reload'],
  ['2–30, even', 'all is well; sum of the exit bits (2, 4, 8, 16) of the services to reload'],
  ['32', 'something needs attention; nothing to reload'],
  ['34–62, even', 'something needs attention, and 32 + the bits of the services to reload'],
  ['64', 'the command line is wrong', 'nothing was changed'],
  ['70', 'a fault in ocspbot', 'the next run asks for the pending reloads'],
  ['73', 'state folder or log file not writable', 'nothing was changed'],
  ['75', 'another run is at work', 'nothing was changed'],
  ['78', 'the configuration is wrong', 'nothing was changed'],
  [
    '1, 3, … 63',
    'ocspbot did not run: Node.js could not start it. A failure, like 126, 127 and 128 + a signal',
  ],
];

export const SUMMARY =
  'ocspbot keeps verified, up-to-date OCSP responses in the files that TLS servers staple.';

export const WHICH_CONFIGURATION = `CONFIG is given as an argument or with --config; left out, it is ocspbot.yaml in the working directory, or else
/etc/ocspbot.yaml.`;

/** Examples of whole runs. */
export const EXAMPLES: readonly string[] = [
  'ocspbot /etc/ocspbot.yaml',
  'ocspbot /etc/ocspbot.yaml --only example.com --force',
  'ocspbot /etc/ocspbot.yaml --dry-run --verbose',
];
